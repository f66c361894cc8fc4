"""What a part of xetrack must do: one small abstract class for each kind of part."""

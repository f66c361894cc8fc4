"""What the page of ``xt ui`` costs, in a real browser, beside trackio's dashboard."""

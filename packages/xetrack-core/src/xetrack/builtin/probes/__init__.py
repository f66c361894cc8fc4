"""What is measured around rows and calls: the machine, the network, the code's commit."""

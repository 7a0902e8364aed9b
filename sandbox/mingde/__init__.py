"""明德养老: a channel portal of the ExtJS family, whose grid holds forty rows of many."""

"""One cycle after the other: route, look, compare, judge, write down, touch."""

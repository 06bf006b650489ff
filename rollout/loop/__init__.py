"""One cycle after the other: route, observe, compare, judge, record, deliver."""

//! Milliseconds, rows, bytes, shares and factors: the only place that formats a number.

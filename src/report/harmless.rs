//! Makes foreign text safe to show: names, literals and messages come from servers and users, and a terminal
//! obeys what it is shown.

/// Foreign text on one line: whatever is not to be seen as itself is shown escaped, line breaks too.
pub(super) fn on_one_line(text: &str) -> String {
    escaped(text, is_harmful)
}

/// Foreign text that may have several lines, such as SQL: line breaks and tabs stay.
pub(super) fn in_a_block(text: &str) -> String {
    escaped(text, |c| is_harmful(c) && c != '\n' && c != '\t')
}

fn escaped(text: &str, harmful: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' if harmful(c) => shown.extend(c.escape_default()),
            c if harmful(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    shown
}

/// Characters that steer a terminal or mislead a reader: control characters (C0, DEL and C1, of which U+009B
/// starts an escape sequence), line separators, what turns the direction of text (the "Trojan Source" attack,
/// CVE-2021-42574), and what has no shape at all.
pub(super) fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_shown_escaped() {
        let table = [
            ("orders", "orders"),
            ("größe 注文 ✓", "größe 注文 ✓"),
            ("\x1b[31mred\x07", "\\u{1b}[31mred\\u{7}"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("a\u{202e}b\u{200b}c", "a\\u{202e}b\\u{200b}c"),
            ("two\nlines\r\n", "two\\nlines\\r\\n"),
        ];
        for (text, shown) in table {
            assert_eq!(on_one_line(text), shown);
            assert_eq!(on_one_line(shown), shown, "shown twice");
        }
        assert_eq!(in_a_block("SELECT\n\t'\x1b'\r"), "SELECT\n\t'\\u{1b}'\\r");
    }
}

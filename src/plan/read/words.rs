//! Eight bytes at a time: what most of the bytes of a plan are passed over by.

/// A word with this byte in each of its eight.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The highest bit of each byte that is zero; of higher bytes, too, but only beyond the first such byte.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(each(1)) & !word & each(0x80)
}

/// A no-break space, as web pages make of spaces.
pub(super) const NO_BREAK: [u8; 2] = [0xc2, 0xa0];

/// How many bytes of white space these begin with.
pub(super) fn space(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    loop {
        rest = match rest {
            // A line break, and its indentation.
            [b' ' | b'\n' | b'\r' | b'\t', after @ ..] => after.get(spaces(after)..).unwrap_or_default(),
            [first, second, after @ ..] if [*first, *second] == NO_BREAK => after,
            _ => return bytes.len() - rest.len(),
        }
    }
}

/// How many spaces these begin with.
fn spaces(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks();
    for (at, word) in words.iter().enumerate() {
        let other = u64::from_le_bytes(*word) ^ each(b' ');
        if other != 0 {
            return 8 * at + other.trailing_zeros() as usize / 8;
        }
    }
    8 * words.len() + rest.iter().take_while(|byte| **byte == b' ').count()
}

/// Where the first quote, backslash or control character stands.
pub(super) fn until_special(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let control = word.wrapping_sub(each(b' ')) & !word & each(0x80);
        let found = control | zeros(word ^ each(b'"')) | zeros(word ^ each(b'\\'));
        if found != 0 {
            return Some(8 * at + found.trailing_zeros() as usize / 8);
        }
    }
    let last = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..b' '))?;
    Some(8 * words.len() + last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wherever_it_stands() {
        for length in 0..40 {
            let before = "x".repeat(length);
            for (end, found) in
                [("\"", Some(length)), ("\\", Some(length)), ("\n", Some(length)), ("!#[]", None)]
            {
                assert_eq!(until_special(format!("{before}{end}").as_bytes()), found, "{length} {end}");
                assert_eq!(
                    until_special(format!("{before}{end}\"é\"").as_bytes()),
                    found.or(Some(length + 4))
                );
            }
            for gap in ["", "\n", "\r\n\t", "\u{a0} "] {
                let white = format!("{gap}{}{gap}", " ".repeat(length));
                assert_eq!(space(white.as_bytes()), white.len(), "{white:?}");
                assert_eq!(space(format!("{white}é   ").as_bytes()), white.len(), "{white:?}");
            }
        }
    }
}

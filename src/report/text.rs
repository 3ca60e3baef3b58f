//! Foreign text made harmless, and quantities as people read them.

use std::fmt::Write as _;

use crate::units::{Grams, Metres, Money, Seconds, Time};

/// A foreign text on one line: no control characters, no characters that turn the direction of
/// writing or have no width, no line or paragraph marks.
pub(super) fn plain(text: &str) -> String {
    let spaced = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let kept: String = spaced.filter(|&c| !c.is_control() && !is_invisible(c)).collect();
    kept.trim().to_string()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// A foreign text that no map viewer takes for markup: angle brackets become quotation marks of
/// the same look.
pub(super) fn unmarked(text: &str) -> String {
    let swap = |c| match c {
        '<' => '‹',
        '>' => '›',
        '&' => '＆',
        other => other,
    };
    plain(text).chars().map(swap).collect()
}

/// A foreign text as the content or attribute of an HTML element. A text that a spreadsheet would
/// compute, were the table pasted into one, gets an apostrophe in front.
pub(super) fn html(text: &str) -> String {
    let text = plain(text);
    let is_formula = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if is_formula { escape(&format!("'{text}")) } else { escape(&text) }
}

/// Our own text, or one that is plain already, as the content or attribute of an HTML element.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Not characters of XML 1.0.
            '\u{fffe}' | '\u{ffff}' => {}
            other => safe.push(other),
        }
    }
    safe
}

/// A foreign text as a part of an address: everything but letters and digits is percent-encoded.
pub(super) fn percent(text: &str) -> String {
    let mut safe = String::new();
    for byte in plain(text).bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            safe.push(char::from(byte));
        } else {
            let _ = write!(safe, "%{byte:02X}");
        }
    }
    safe
}

/// A phone number with its middle hidden: `138****1234`. Short numbers are hidden whole.
pub(super) fn masked(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let (head, tail) = match digits.len() {
        0 => return String::new(),
        1..=6 => (0, 0),
        7..=9 => (0, 2),
        _ => (3, 4),
    };
    // A country code in front must not push the hidden middle aside.
    let digits = &digits[digits.len().saturating_sub(11)..];
    let hidden = "*".repeat(digits.len() - head - tail);
    let (first, last) = (&digits[..head], &digits[digits.len() - tail..]);
    first.iter().copied().chain(hidden.chars()).chain(last.iter().copied()).collect()
}

/// How many terminal columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Two columns for East Asian wide and full-width characters (Unicode annex 11) and emoji, none for
/// combining marks, one for the rest.
fn columns(c: char) -> usize {
    match u32::from(c) {
        0x300..=0x36f | 0x1ab0..=0x1aff | 0x20d0..=0x20ff | 0x302a..=0x302f | 0x3099..=0x309a => 0,
        0x1100..=0x115f
        | 0x2329..=0x232a
        | 0x2e80..=0x303e
        | 0x3041..=0x33ff
        | 0x3400..=0x4dbf
        | 0x4e00..=0xa4cf
        | 0xa960..=0xa97f
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff01..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// The text cut or filled to exactly `columns` columns; a cut text ends in `…`.
pub(super) fn fit(text: &str, columns: usize) -> String {
    let mut fitted = String::new();
    let mut taken = 0;
    let limit = if width(text) > columns { columns.saturating_sub(1) } else { columns };
    for c in text.chars() {
        let next = taken + self::columns(c);
        if next > limit {
            break;
        }
        fitted.push(c);
        taken = next;
    }
    if limit < columns {
        fitted.push('…');
        taken += 1;
    }
    fitted.push_str(&" ".repeat(columns.saturating_sub(taken)));
    fitted
}

/// A moment as a clock reads, to the minute begun: `08:30`, `00:10+1d`.
pub(super) fn clock(time: Time) -> String {
    Time(time.0.div_euclid(60) * 60).to_string()
}

/// A moment as a courier reads it: the clock, and in Chinese which day, unless it is the plan's.
pub(super) fn clock_and_day(time: Time) -> (String, String) {
    let day = match time.0.div_euclid(86_400) {
        0 => String::new(),
        1 => "次日 ".into(),
        -1 => "前一日 ".into(),
        day => format!("{day:+} 日 "),
    };
    (clock(Time(time.0.rem_euclid(86_400))), day)
}

/// A moment with its seconds: `08:30:00`, `00:10:05+1d`.
pub(super) fn clock_seconds(time: Time) -> String {
    let (day, second) = (time.0.div_euclid(86_400), time.0.rem_euclid(86_400));
    let mut text = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    if day != 0 {
        let _ = write!(text, "{day:+}d");
    }
    text
}

/// A span in hours and minutes, rounded: `0:05`, `-1:20`.
pub(super) fn span(span: Seconds) -> String {
    let minutes = (span.0.abs() + 30) / 60;
    let sign = if span.0 < 0 && minutes > 0 { "-" } else { "" };
    format!("{sign}{}:{:02}", minutes / 60, minutes % 60)
}

/// A length in kilometres with one decimal.
pub(super) fn km(length: Metres) -> String {
    format!("{:.1}", length.as_f64() / 1000.0)
}

/// A mass in kilograms with one decimal.
pub(super) fn kg(mass: Grams) -> String {
    format!("{:.1}", mass.as_f64() / 1000.0)
}

/// An energy in kilowatt hours with one decimal.
pub(super) fn kwh(watt_hours: i64) -> String {
    let tenths = (watt_hours.saturating_add(50)).div_euclid(100);
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{}.{}", tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10)
}

/// An amount in currency units with two decimals.
pub(super) fn money(amount: Money) -> String {
    format!("{:.2}", amount.as_f64() / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(width("花土沟 A"), 8);
        for text in ["花土沟村三组", "Huatugou", "a花b土c沟d村e", "", "é"] {
            for columns in 1..14 {
                assert_eq!(width(&fit(text, columns)), columns, "{text} in {columns}");
            }
        }
        assert_eq!(fit("花土沟", 4), "花… ");
    }

    #[test]
    fn foreign_text_becomes_harmless() {
        assert_eq!(html("<b a='\"'>&"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;");
        assert_eq!(html("=1+1"), "&#39;=1+1");
        assert_eq!(plain("a\u{1b}[31m\nb\u{202e}c"), "a[31m bc");
        assert_eq!(percent("王家&to=1)"), "%E7%8E%8B%E5%AE%B6%26to%3D1%29");
        assert_eq!(unmarked("<i>"), "‹i›");
    }

    #[test]
    fn a_phone_number_hides_its_middle() {
        assert_eq!(masked("13812341234"), "138****1234");
        assert_eq!(masked("+86 138-1234-1234"), "138****1234");
        assert_eq!(masked("8442051"), "*****51");
        assert_eq!(masked("110"), "***");
        assert_eq!(masked("javascript:alert(1)"), "*");
    }

    #[test]
    fn spans_round_to_the_minute() {
        assert_eq!(span(Seconds(29)), "0:00");
        assert_eq!(span(Seconds(-4800)), "-1:20");
        assert_eq!(clock_seconds(Time(86_405)), "00:00:05+1d");
        assert_eq!(clock_and_day(Time(86_465)), ("00:01".into(), "次日 ".into()));
    }
}

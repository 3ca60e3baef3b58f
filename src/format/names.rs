//! Names people type: compared without regard to case, width and spacing, and guessed at when
//! misspelt.

use crate::problem::Order;

/// Full-width letters, digits and signs as their plain forms; other characters stay.
pub(super) fn narrow(text: &str) -> String {
    text.chars().map(narrow_char).collect()
}

fn narrow_char(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        _ => c,
    }
}

/// A name reduced to what tells it apart: narrow, lower case, only letters and digits.
pub(super) fn key(text: &str) -> String {
    let letters = text.chars().map(narrow_char).filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Names longer than this are not worth guessing at.
const GUESSABLE: usize = 64;
/// How alike two names are that one may be a misspelling of the other, from 0 to 1 (Winkler 1990).
const ALIKE: f64 = 0.75;

/// The known name nearest to a misspelt one, if any is near enough to be meant.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > GUESSABLE {
        return None;
    }
    let lower = name.to_lowercase();
    let scored = known.into_iter().map(|known| (strsim::jaro_winkler(&lower, known), known));
    let (likeness, known) = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (likeness >= ALIKE).then_some(known)
}

/// `one of "a", "b"; the nearest is "b"`
pub(super) fn one_of(name: &str, known: &[&str]) -> String {
    let near = nearest(name, known.iter().copied());
    let near = near.map(|near| format!("; the nearest is \"{near}\"")).unwrap_or_default();
    if known.len() > 8 {
        return format!("a known name{near}");
    }
    let quoted: Vec<String> = known.iter().map(|name| format!("\"{name}\"")).collect();
    format!("one of {}{near}", quoted.join(", "))
}

/// The longest id, in bytes.
const ID_LENGTH: usize = 200;

/// What an id must be, when it is not that.
pub(super) fn id_fault(id: &str) -> Option<&'static str> {
    let bad = |c: char| c.is_control() || matches!(c, '/' | '\\');
    let wrong =
        id.trim().is_empty() || id.contains(bad) || id.contains("..") || id.len() > ID_LENGTH;
    wrong.then_some("an id without slashes, control characters or \"..\", at most 200 bytes long")
}

/// Sets an order's station: the named one, any (`*`), or the only one.
pub(super) fn set_station(order: &mut Order, name: Option<String>) {
    order.is_for_any_station = name.as_deref() == Some("*");
    order.station = name.filter(|_| !order.is_for_any_station);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_the_one_meant() {
        let fields = ["id", "lat", "lon", "windows", "service_min"];
        assert_eq!(nearest("latitude", fields), Some("lat"));
        assert_eq!(nearest("lattitude", fields), Some("lat"));
        assert_eq!(nearest("window", fields), Some("windows"));
        assert_eq!(nearest("service", fields), Some("service_min"));
        assert_eq!(nearest("colour", fields), None);
        assert_eq!(nearest("", fields), None);
    }

    #[test]
    fn keys_forget_case_width_and_spacing() {
        assert_eq!(key("Ｏrder  No."), key("order_no"));
        assert_eq!(key("重量（斤）"), "重量斤");
    }
}

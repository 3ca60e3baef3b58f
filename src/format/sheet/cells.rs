//! What one cell says: numbers, words, phone numbers. Nothing is guessed and nothing is cut.

use crate::cold::ProductClass;
use crate::error::{Code, Fault};
use crate::format::names::{key, narrow, one_of};
use crate::format::reader::Named;
use crate::place::Datum;
use crate::problem::{HandOver, Kind, Position, Tier};
use crate::units::Window;

use crate::format::{Calendar, Told};

fn wrong<T>(code: Code, expected: impl Into<String>) -> Told<T> {
    Err(Box::new(Fault::new(code, expected)))
}

/// A number from `low` to `high`; `what` names it for the message.
pub(super) fn number(text: &str, (low, high): (f64, f64), what: &str) -> Told<f64> {
    let plain = narrow(text);
    let plain = plain.trim();
    let marks = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E');
    if plain.contains(',') && plain.chars().all(|c| marks(c) || c == ',') {
        return wrong(Code::WrongType, format!("{what} with a decimal point and no commas"));
    }
    if plain.contains(['°', '′', '″', '\'', '"', '度', '分']) {
        return wrong(
            Code::WrongType,
            format!("{what} as one decimal number such as 38.2497, not in minutes and seconds"),
        );
    }
    let value = plain.parse::<f64>().ok().filter(|_| plain.chars().all(marks));
    let Some(value) = value else {
        let hint = if plain.starts_with(|c: char| c.is_ascii_digit()) {
            " without a unit (the unit belongs in the column's name, for example weight_kg or 斤)"
        } else {
            ""
        };
        return wrong(Code::WrongType, format!("{what}{hint}"));
    };
    if (low..=high).contains(&value) {
        return Ok(value + 0.0);
    }
    wrong(Code::OutOfRange, format!("{what} from {low} to {high}"))
}

/// A whole number; `2.0` is one, as spreadsheets write it.
#[expect(clippy::cast_possible_truncation, reason = "whole and in range, checked just before")]
pub(super) fn whole(text: &str, (low, high): (f64, f64), what: &str) -> Told<i64> {
    let value = number(text, (low, high), what)?;
    if value.fract() == 0.0 {
        return Ok(value as i64);
    }
    wrong(Code::WrongType, format!("a whole {what}"))
}

/// One of the names of `T`, or one of the words people use for it.
fn word<T: Named>(text: &str, words: &[(&str, T)]) -> Told<T> {
    let key = key(text);
    let plain = narrow(text.trim());
    let exact = T::by_name(&plain).or_else(|| {
        T::NAMES.iter().find(|(name, _)| self::key(name) == key).map(|(_, value)| *value)
    });
    let found = exact.or_else(|| words.iter().find(|(word, _)| *word == key).map(|(_, v)| *v));
    found.ok_or_else(|| Box::new(Fault::new(Code::UnknownName, T::expected(&plain))))
}

pub(super) fn kind(text: &str) -> Told<Kind> {
    let words = [
        ("d", Kind::Deliver),
        ("delivery", Kind::Deliver),
        ("派件", Kind::Deliver),
        ("派送", Kind::Deliver),
        ("配送", Kind::Deliver),
        ("送货", Kind::Deliver),
        ("p", Kind::Collect),
        ("pickup", Kind::Collect),
        ("collection", Kind::Collect),
        ("揽件", Kind::Collect),
        ("揽收", Kind::Collect),
        ("取件", Kind::Collect),
        ("shipment", Kind::Ship),
        ("转运", Kind::Ship),
        ("同城", Kind::Ship),
        ("t", Kind::Serve),
        ("service", Kind::Serve),
        ("安装", Kind::Serve),
        ("服务", Kind::Serve),
    ];
    word(text, &words)
}

pub(super) fn tier(text: &str) -> Told<Tier> {
    let words = [
        ("high", Tier::Urgent),
        ("加急", Tier::Urgent),
        ("特急", Tier::Urgent),
        ("30min", Tier::Urgent),
        ("cold", Tier::ColdChain),
        ("冷链", Tier::ColdChain),
        ("24h", Tier::Promise),
        ("24小时", Tier::Promise),
        ("时效件", Tier::Promise),
        ("normal", Tier::Ordinary),
        ("普通", Tier::Ordinary),
        ("标准", Tier::Ordinary),
        ("low", Tier::Later),
        ("不急", Tier::Later),
    ];
    word(text, &words)
}

pub(super) fn hand_over(text: &str) -> Told<HandOver> {
    let words = [
        ("door", HandOver::Home),
        ("上门", HandOver::Home),
        ("送货上门", HandOver::Home),
        ("代收点", HandOver::PickupPoint),
        ("自提点", HandOver::PickupPoint),
        ("驿站", HandOver::PickupPoint),
        ("药店", HandOver::Pharmacy),
        ("药房", HandOver::Pharmacy),
    ];
    word(text, &words)
}

pub(super) fn position(text: &str) -> Told<Position> {
    word(text, &[("最先", Position::First), ("最后", Position::Last)])
}

pub(super) fn datum(text: &str) -> Told<Datum> {
    let words = [
        ("gps", Datum::Wgs84),
        ("cgcs2000", Datum::Wgs84),
        ("amap", Datum::Gcj02),
        ("gaode", Datum::Gcj02),
        ("tencent", Datum::Gcj02),
        ("高德", Datum::Gcj02),
        ("腾讯", Datum::Gcj02),
        ("火星坐标", Datum::Gcj02),
        ("baidu", Datum::Bd09),
        ("bd09ll", Datum::Bd09),
        ("百度", Datum::Bd09),
    ];
    word(text, &words)
}

/// The code of the product class a temperature name means; none for goods that need no box.
pub(super) fn class(text: &str) -> Told<Option<String>> {
    let code = match key(text).as_str() {
        "ambient" | "normal" | "none" | "常温" | "普通" => return Ok(None),
        "28c" | "28" | "28度" | "28℃" | "cold" | "chilled" | "refrigerated" | "冷藏" => {
            "CN_COLD_2_8"
        }
        "frozen" | "冷冻" => "CN_FROZEN",
        _ => {
            let known = ProductClass::built_in();
            let found = known.iter().find(|class| class.code.eq_ignore_ascii_case(text.trim()));
            let names = ["ambient", "2-8C", "frozen", "常温", "冷藏", "冷冻"];
            let expected = || format!("{}, or a product class's code", one_of(text, &names));
            let found = found.ok_or_else(|| Box::new(Fault::new(Code::UnknownName, expected())))?;
            return Ok(Some(found.code.clone()));
        }
    };
    Ok(Some(code.to_owned()))
}

pub(super) fn consent(text: &str) -> Told<bool> {
    match key(text).as_str() {
        "yes" | "y" | "true" | "1" | "是" | "同意" | "可" | "可以" => Ok(true),
        "no" | "n" | "false" | "0" | "否" | "不同意" | "不可" | "不可以" => Ok(false),
        _ => wrong(Code::UnknownName, "yes or no (是 or 否)"),
    }
}

/// The windows of a cell, separated by `;`, `|` or line breaks.
pub(super) fn windows(text: &str, calendar: &Calendar) -> Told<Vec<Window>> {
    let plain = narrow(text);
    let parts = plain.split([';', '|', '\n', '、', ',']).filter(|part| !part.trim().is_empty());
    parts.map(|part| calendar.told_window(part.trim())).collect()
}

/// Several words in one cell.
pub(super) fn words(text: &str) -> Vec<String> {
    let plain = narrow(text);
    let parts = plain.split([';', '|', ',', '、', ' ', '\n']).filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// A phone number, and whether it had to be repaired: spreadsheets turn it into a float, which keeps
/// all digits (13812345678.0) or does not (1.38E+10).
pub(super) fn phone(text: &str) -> Told<(String, bool)> {
    let plain = narrow(text).trim().to_owned();
    if let Some(whole) = plain.strip_suffix(".0").filter(|whole| all_digits(whole)) {
        return Ok((whole.to_owned(), true));
    }
    let Some((kept, due)) = scientific(&plain) else { return Ok((plain, false)) };
    if kept.len() < due {
        return wrong(
            Code::WrongType,
            format!("the number in full; the sheet kept {} of its {due} digits", kept.len()),
        );
    }
    Ok((kept, true))
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The digits a number such as `1.38E+10` keeps, and how many it had; nothing for other texts.
pub(super) fn scientific(text: &str) -> Option<(String, usize)> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let exponent: usize = exponent.strip_prefix('+')?.parse().ok().filter(|&e| e < 30)?;
    let (first, rest) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = first.len() == 1 && all_digits(first) && rest.bytes().all(|b| b.is_ascii_digit());
    whole.then(|| (format!("{first}{rest}"), exponent + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_whole_or_not_at_all() {
        let read = |text| number(text, (-90.0, 90.0), "degrees").map_err(|fault| fault.code());
        assert_eq!(read(" ３８．２５ "), Ok(38.25));
        assert_eq!(read("-0.0").map(f64::is_sign_positive), Ok(true));
        for text in ["38,25", "38°14'59\"", "NaN", "inf", "x", "5kg", "", "0x10", "1_0"] {
            assert_eq!(read(text), Err(Code::WrongType), "{text}");
        }
        for text in ["91", "1e400", "-1e400"] {
            assert_eq!(read(text), Err(Code::OutOfRange), "{text}");
        }
        assert_eq!(whole("2.0", (0.0, 9.0), "number"), Ok(2));
        assert!(whole("2.5", (0.0, 9.0), "number").is_err());
    }

    #[test]
    fn a_phone_number_is_repaired_when_no_digit_is_lost() {
        assert_eq!(phone("13812345678.0"), Ok(("13812345678".into(), true)));
        assert_eq!(phone("1.3812345678E+10"), Ok(("13812345678".into(), true)));
        assert_eq!(phone("+86 138-1234"), Ok(("+86 138-1234".into(), false)));
        assert!(phone("1.38E+10").unwrap_err().to_string().contains("3 of its 11"));
    }

    #[test]
    fn words_are_read_in_both_languages() {
        assert_eq!(kind("揽件"), Ok(Kind::Collect));
        assert_eq!(kind("Delivery"), Ok(Kind::Deliver));
        assert_eq!(tier("cold chain"), Ok(Tier::ColdChain));
        assert_eq!(class("2-8℃"), Ok(Some("CN_COLD_2_8".into())));
        assert_eq!(class("2-8C"), Ok(Some("CN_COLD_2_8".into())));
        assert_eq!(class("常温"), Ok(None));
        assert_eq!(class("cn_frozen"), Ok(Some("CN_FROZEN".into())));
        assert_eq!(consent("是"), Ok(true));
        assert_eq!(datum("GCJ-02"), Ok(Datum::Gcj02));
        assert!(kind("deliverr").unwrap_err().to_string().contains("nearest is \"deliver\""));
    }
}

//! Tag values that hold a quantity: speeds, durations, limits.

use crate::units::Seconds;

const KMH_PER_MPH: f64 = 1.609_344;

/// The number a text begins with, and the rest without spaces.
pub(super) fn leading_number(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number = text[..end].parse::<f64>().ok().filter(|number| number.is_finite())?;
    Some((number, text[end..].trim()))
}

/// A tagged limit in km/h; nothing for `none`, `walk`, country codes and other words.
pub(super) fn maxspeed_kmh(text: &str) -> Option<f64> {
    let (number, unit) = leading_number(text)?;
    let factor = match unit {
        "" | "km/h" | "kmh" | "kph" => 1.0,
        "mph" => KMH_PER_MPH,
        _ => return None,
    };
    Some(number * factor).filter(|kmh| (1.0..=200.0).contains(kmh))
}

/// A tagged duration: minutes, `HH:MM`, `HH:MM:SS` or `PT1H30M`, from one second to a month.
pub(super) fn duration(text: &str) -> Option<Seconds> {
    let seconds = if let Some(iso) = text.strip_prefix("PT") {
        iso_duration(iso)?
    } else {
        let parts: Vec<i64> = text
            .split(':')
            .map(|part| part.parse::<u32>().ok().map(i64::from))
            .collect::<Option<_>>()?;
        match parts[..] {
            [minutes] => minutes * 60,
            [hours, minutes] => hours * 3600 + minutes * 60,
            [hours, minutes, seconds] => hours * 3600 + minutes * 60 + seconds,
            _ => return None,
        }
    };
    (1..=31 * 86_400).contains(&seconds).then_some(Seconds(seconds))
}

/// `1H30M` as seconds.
fn iso_duration(mut rest: &str) -> Option<i64> {
    let mut seconds: i64 = 0;
    while let Some(end) = rest.find(|c: char| !c.is_ascii_digit()) {
        let number = i64::from(rest[..end].parse::<u32>().ok()?);
        let unit = rest[end..].chars().next()?;
        let unit_s = match unit {
            'H' => 3600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        seconds = number.saturating_mul(unit_s).saturating_add(seconds);
        rest = &rest[end + unit.len_utf8()..];
    }
    rest.is_empty().then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_values_are_nothing_rather_than_wrong() {
        for odd in
            ["", "é", "PTé", "PT5é", "PT", "1:2:3:4", "0", "-5", "99999999999", "PT99999999H"]
        {
            assert_eq!(duration(odd), None, "{odd}");
        }
        for odd in ["", "none", "walk", "CN:rural", "0", "1e9", "999", "30 knots", "5é", "1.2.3"] {
            assert_eq!(maxspeed_kmh(odd), None, "{odd}");
        }
    }

    #[test]
    fn durations_come_in_four_forms() {
        for text in ["90", "1:30", "01:30:00", "PT1H30M", "PT5400S"] {
            assert_eq!(duration(text), Some(Seconds(5400)), "{text}");
        }
    }
}

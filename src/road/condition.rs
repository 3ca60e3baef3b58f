//! Conditions of tags, such as `no @ (Nov 15-Apr 15)` or `yes @ (Mo-Fr 07:00-19:00 AND weight<3.5)`,
//! read for one day. `OpenStreetMap` wiki, "Conditional restrictions" and `opening_hours`: the
//! part of the grammar that speaks of dates, weekdays, hours, the state of the road, and the vehicle.
//! A plan knows its day but not at what hour a road is driven: what holds for part of the day is
//! [`Hold::Partly`], and the caller takes the safe side.

use jiff::civil::{Date, Weekday};

use super::profile::Season;

/// For how much of the day a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hold {
    Never,
    Partly,
    Always,
}

/// The day and the vehicle a condition is read for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Today {
    /// Nothing when the day is not known: conditions about dates then cannot be read.
    pub(super) date: Option<Date>,
    pub(super) season: Season,
    pub(super) mass_t: f64,
    pub(super) width_m: f64,
    pub(super) height_m: f64,
    pub(super) length_m: f64,
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["mo", "tu", "we", "th", "fr", "sa", "su"];

/// The clauses of a conditional tag: value and condition. `no @ (wet); 30 @ (22:00-06:00)`.
pub(super) fn clauses(text: &str) -> Vec<(&str, Option<&str>)> {
    let mut depth = 0_u32;
    let is_end = |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ';' && depth == 0
    };
    text.split(is_end)
        .filter_map(|part| {
            let (value, condition) = part.split_once('@')?;
            let condition = condition.trim();
            let bare = condition.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
            Some((value.trim(), Some(bare.unwrap_or(condition).trim())))
        })
        .filter(|(value, _)| !value.is_empty())
        .collect()
}

/// For how much of today a condition holds, or nothing when it cannot be read.
pub(super) fn hold(condition: &str, today: &Today) -> Option<Hold> {
    let lower = condition.to_ascii_lowercase().replace('–', "-");
    let parts = lower.split(" and ");
    parts
        .map(|part| alternatives(part.trim(), today))
        .try_fold(Hold::Always, |all, one| Some(all.min(one?)))
}

/// For how much of today a place is open by its `opening_hours`, or nothing when that cannot be
/// read.
pub(super) fn open(hours: &str, today: &Today) -> Option<Hold> {
    let lower = hours.to_ascii_lowercase().replace('–', "-");
    let mut held = Hold::Never;
    for rule in lower.split([';', '|']).map(str::trim).filter(|rule| !rule.is_empty()) {
        let bare = ["off", "closed"].iter().find_map(|word| rule.strip_suffix(word));
        let today_is = match bare.map(str::trim) {
            Some("") => Hold::Always,
            Some(bare) => selector(bare, today)?,
            None => selector(rule.strip_suffix("open").unwrap_or(rule).trim(), today)?,
        };
        // A later rule for the same day takes the place of an earlier one.
        match (bare.is_some(), today_is) {
            (_, Hold::Never) => {}
            (false, today_is) => held = today_is,
            (true, Hold::Always) => held = Hold::Never,
            (true, Hold::Partly) => held = held.min(Hold::Partly),
        }
    }
    Some(held)
}

/// Rules parted by semicolons: any of them will do.
fn alternatives(text: &str, today: &Today) -> Option<Hold> {
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    let holds: Vec<Hold> = parts
        .map(|part| property(part, today).or_else(|| selector(part, today)))
        .collect::<Option<_>>()?;
    holds.into_iter().max()
}

/// A condition about the road or the vehicle.
fn property(text: &str, today: &Today) -> Option<Hold> {
    let holds = match text {
        "24/7" | "always" => true,
        "wet" | "rain" | "flood" => today.season == Season::Wet,
        "snow" | "ice" => today.season == Season::Winter,
        "dry" => today.season == Season::Dry,
        _ => return comparison(text, today),
    };
    Some(if holds { Hold::Always } else { Hold::Never })
}

/// `weight>3.5`, `width <= 2`.
fn comparison(text: &str, today: &Today) -> Option<Hold> {
    let at = text.find(['<', '>', '='])?;
    let (name, rest) = text.split_at(at);
    let own = match name.trim() {
        "weight" | "maxweightrating" | "weightrating" => today.mass_t,
        "width" => today.width_m,
        "height" => today.height_m,
        "length" => today.length_m,
        _ => return None,
    };
    let sign: String = rest.chars().take_while(|c| "<>=".contains(*c)).collect();
    let limit: f64 = rest[sign.len()..].trim().trim_end_matches(['t', 'm', ' ']).parse().ok()?;
    let holds = match sign.as_str() {
        "<" => own < limit,
        "<=" => own <= limit,
        ">" => own > limit,
        ">=" => own >= limit,
        "=" | "==" => (own - limit).abs() < 1e-9,
        _ => return None,
    };
    Some(if holds { Hold::Always } else { Hold::Never })
}

/// A selector of time: years, then seasons, months or dates, then weekdays, then hours; each part
/// may be missing, each is a list.
fn selector(text: &str, today: &Today) -> Option<Hold> {
    let compact = text.replace(" - ", "-").replace("- ", "-").replace(" -", "-").replace(", ", ",");
    if compact == "24/7" {
        return Some(Hold::Always);
    }
    if compact.is_empty() {
        return None;
    }
    let words: Vec<&str> = compact.split_whitespace().collect();
    let mut at = 0;
    let mut held = Hold::Always;
    let never_if = |out: bool, held: Hold| if out { Hold::Never } else { held };
    while at < words.len() {
        let word = words[at].trim_end_matches(':');
        if let Some((first, last)) = years(word) {
            held = never_if(!(first..=last).contains(&today.date?.year()), held);
            at += 1;
        } else if let Some((used, inside)) = dates(&words[at..], today) {
            held = never_if(!inside?, held);
            at += used;
        } else if let Some(inside) = weekdays(word, today) {
            held = never_if(!inside?, held);
            at += 1;
        } else {
            held = held.min(hours(word)?);
            at += 1;
        }
    }
    Some(held)
}

/// `2026` or `2025-2027`.
fn years(word: &str) -> Option<(i16, i16)> {
    let year = |text: &str| (text.len() == 4).then(|| text.parse().ok()).flatten();
    match word.split_once('-') {
        Some((first, last)) => Some((year(first)?, year(last)?)),
        None => year(word).map(|year| (year, year)),
    }
}

/// A list of months, dates or seasons at the head of `words`: how many words it takes, and whether
/// today is in it (nothing when the day is not known). `nov-apr`, `nov 15-apr 15`, `dec 01-24`.
fn dates(words: &[&str], today: &Today) -> Option<(usize, Option<bool>)> {
    let first = *words.first()?;
    if let Some(season) = seasons(first, today) {
        return Some((1, season));
    }
    let starts = first.get(..3).is_some_and(|start| MONTHS.contains(&start));
    if !starts {
        return None;
    }
    // Days of the month follow their month after a space: join `nov 15-apr 15` to one text.
    let mut used = 1;
    let mut text = first.to_owned();
    while let Some(more) = words.get(used) {
        let after_month = text.len() >= 3 && MONTHS.contains(&&text[text.len() - 3..]);
        let is_day = more.starts_with(|c: char| c.is_ascii_digit()) && !more.contains(':');
        if !after_month || !is_day {
            break;
        }
        text.push(' ');
        text.push_str(more);
        used += 1;
    }
    let mut inside = Some(false);
    let mut month = None;
    for range in text.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let first = month_day(first, month)?;
        let mut last = month_day(last, Some(first.0))?;
        month = Some(last.0);
        if last.1.is_none() && range.contains('-') && first.1.is_some() && last.0 == first.0 {
            return None;
        }
        last.1 = last.1.or(Some(31));
        let (first, last) = ((first.0, first.1.unwrap_or(1)), (last.0, last.1.unwrap_or(31)));
        let Some(date) = today.date else {
            inside = None;
            continue;
        };
        let now = (date.month(), date.day());
        let within =
            if first <= last { first <= now && now <= last } else { now >= first || now <= last };
        inside = inside.map(|inside| inside || within);
    }
    Some((used, inside))
}

/// A month and perhaps a day of it; a bare day belongs to `month`.
fn month_day(text: &str, month: Option<i8>) -> Option<(i8, Option<i8>)> {
    let text = text.trim();
    let day = |text: &str| text.trim().parse().ok().filter(|day| (1..=31).contains(day));
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return Some((month?, Some(day(text)?)));
    }
    let name = text.get(..3)?;
    let number = i8::try_from(MONTHS.iter().position(|own| *own == name)?).ok()? + 1;
    let rest = text[3..].trim();
    Some((number, if rest.is_empty() { None } else { Some(day(rest)?) }))
}

/// The seasons of the north; winter also when the road is said to be wintry.
#[expect(clippy::option_option, reason = "no such words, or words about a day not known")]
fn seasons(word: &str, today: &Today) -> Option<Option<bool>> {
    let months: [i8; 3] = match word {
        "winter" => [12, 1, 2],
        "spring" => [3, 4, 5],
        "summer" => [6, 7, 8],
        "autumn" | "fall" => [9, 10, 11],
        _ => return None,
    };
    let wintry = word == "winter" && today.season == Season::Winter;
    let by_date = today.date.map(|date| months.contains(&date.month()) || wintry);
    Some(if wintry { Some(true) } else { by_date })
}

/// `mo-fr,su`; holidays are not known: a list with them and others is read without them.
#[expect(clippy::option_option, reason = "no such words, or words about a day not known")]
fn weekdays(word: &str, today: &Today) -> Option<Option<bool>> {
    let number = |name: &str| WEEKDAYS.iter().position(|own| *own == name);
    let mut ranges = Vec::new();
    for range in word.split(',') {
        if matches!(range, "ph" | "sh") && word.len() > 2 {
            continue;
        }
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        ranges.push((number(first)?, number(last)?));
    }
    let Some(date) = today.date else { return Some(None) };
    let now = usize::try_from(Weekday::to_monday_zero_offset(date.weekday())).ok()?;
    let within = |&(first, last): &(usize, usize)| {
        if first <= last { (first..=last).contains(&now) } else { now >= first || now <= last }
    };
    Some(Some(ranges.iter().any(within)))
}

/// `07:00-09:00,16:00-18:00`, `sunrise-sunset`: part of a day, unless all of it.
fn hours(word: &str) -> Option<Hold> {
    let mut held = Hold::Never;
    for range in word.split(',') {
        let (first, last) = match range.strip_suffix('+') {
            Some(first) => (first, "24:00"),
            None => range.split_once('-')?,
        };
        let (first, last) = (minute(first)?, minute(last)?);
        held = held.max(if first == 0 && last >= 1440 { Hold::Always } else { Hold::Partly });
    }
    (held > Hold::Never).then_some(held)
}

/// The minute of the day; dawn and dusk are somewhere in between.
fn minute(text: &str) -> Option<u32> {
    let sun = ["sunrise", "sunset", "dawn", "dusk"];
    if sun.iter().any(|word| text.trim_start_matches('(').starts_with(word)) {
        return Some(720);
    }
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour <= 48 && minute < 60).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today(month: i8, day: i8) -> Today {
        Today {
            date: Some(Date::new(2026, month, day).unwrap()),
            season: Season::Dry,
            mass_t: 1.8,
            width_m: 1.6,
            height_m: 2.0,
            length_m: 4.5,
        }
    }

    #[test]
    fn clauses_are_parted_outside_brackets() {
        assert_eq!(
            clauses("no @ (Nov-Apr; wet); 30 @ 22:00-06:00;yes"),
            [("no", Some("Nov-Apr; wet")), ("30", Some("22:00-06:00"))]
        );
    }

    #[test]
    fn conditions_hold_for_the_day() {
        // 28 January 2026 is a Wednesday.
        let check = |text: &str, expected: Option<Hold>| {
            assert_eq!(hold(text, &today(1, 28)), expected, "{text}");
        };
        check("Nov-Apr", Some(Hold::Always));
        check("Nov 15-Apr 15", Some(Hold::Always));
        check("Nov 15 - Jan 27", Some(Hold::Never));
        check("Jan 20-28", Some(Hold::Always));
        check("May-Oct", Some(Hold::Never));
        check("Jan,Mar", Some(Hold::Always));
        check("winter", Some(Hold::Always));
        check("summer", Some(Hold::Never));
        check("2026 Jan", Some(Hold::Always));
        check("2024-2025", Some(Hold::Never));
        check("Mo-Fr 07:00-09:00", Some(Hold::Partly));
        check("Mo-Fr 07:00-09:00,16:00-18:00; Sa 10:00-12:00", Some(Hold::Partly));
        check("Sa,Su", Some(Hold::Never));
        check("We,PH", Some(Hold::Always));
        check("Sa-We", Some(Hold::Always));
        check("00:00-24:00", Some(Hold::Always));
        check("sunset-sunrise", Some(Hold::Partly));
        check("Nov-Apr AND weight>3.5", Some(Hold::Never));
        check("Nov-Apr AND weight > 1.5 t", Some(Hold::Always));
        check("24/7", Some(Hold::Always));
        check("snow", Some(Hold::Never));
        for odd in
            ["", "when it suits", "easter -2 days", "ph", "25:99-26:00", "Jan 40", "week 3-9"]
        {
            check(odd, None);
        }
    }

    #[test]
    fn without_a_date_only_the_vehicle_and_the_road_can_be_judged() {
        let unknown = Today { date: None, season: Season::Winter, ..today(1, 1) };
        assert_eq!(hold("Nov-Apr", &unknown), None);
        assert_eq!(hold("Mo-Fr", &unknown), None);
        assert_eq!(hold("snow", &unknown), Some(Hold::Always));
        assert_eq!(hold("weight>1", &unknown), Some(Hold::Always));
    }

    #[test]
    fn opening_hours_tell_the_day() {
        let check = |text: &str, expected: Option<Hold>| {
            assert_eq!(open(text, &today(1, 28)), expected, "{text}");
        };
        check("24/7", Some(Hold::Always));
        check("Mo-Fr 08:00-18:00; Sa off", Some(Hold::Partly));
        check("Sa 08:00-18:00", Some(Hold::Never));
        check("Mo-Su 08:00-18:00; Dec-Feb off", Some(Hold::Never));
        check("May-Oct", Some(Hold::Never));
        check("off", Some(Hold::Never));
        check("by appointment", None);
    }
}

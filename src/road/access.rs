//! Who may pass what on the day of the plan: access, limits of size and weight, seasons, opening
//! hours, fords, turn restrictions.
//!
//! What is closed for a part of the day is closed, and what is open for a part of it is not: a plan
//! does not know at what hour a road is driven. A condition that cannot be read does not hold.

use super::attributes::Attributes;
use super::condition::{self, Hold, Today};
use super::matrix::NoRoad;
use super::profile::{Profile, Season};
use super::turns::Rule;
use super::values::leading_number;

impl Profile {
    /// What conditions are read against.
    pub(super) fn today(&self) -> Today {
        let vehicle = self.vehicle();
        Today {
            date: self.date(),
            season: self.season(),
            mass_t: vehicle.mass_kg / 1000.0,
            width_m: vehicle.width_m,
            height_m: vehicle.height_m,
            length_m: vehicle.length_m,
        }
    }

    /// Whether a turn restriction is for it today. What holds for a part of the day holds; what
    /// cannot be read does not.
    pub(super) fn obeys(&self, rule: &Rule) -> bool {
        let own =
            |kind: &str| self.vehicle().access.iter().any(|key| key == kind && key != "access");
        let meant = rule.vehicle.as_deref().is_none_or(own);
        let spared = rule.except.iter().any(|kind| own(kind));
        let holds = |condition: &str| {
            condition::hold(condition, &self.today()).is_some_and(|hold| hold != Hold::Never)
        };
        meant && !spared && rule.condition.as_deref().is_none_or(holds)
    }

    /// The first tagged limit that keeps it out, or nothing.
    pub(super) fn misfit(&self, tags: &Attributes) -> Option<&'static str> {
        let vehicle = self.vehicle();
        let limits = [
            ("maxwidth", vehicle.width_m),
            ("maxwidth:physical", vehicle.width_m),
            ("maxheight", vehicle.height_m),
            ("maxheight:physical", vehicle.height_m),
            ("maxlength", vehicle.length_m),
            ("maxweight", vehicle.mass_kg / 1000.0),
            ("maxaxleload", vehicle.axle_kg / 1000.0),
        ];
        let below = |&(key, own): &(&'static str, f64)| {
            let tagged = tags.get(key).and_then(limit).is_some_and(|limit| limit < own);
            // A limit for some days may lower the one for all days, or lift it.
            let some_days = match key {
                "maxweight" => {
                    self.conditional(tags, "maxweight:conditional", |v| limit(v).is_some())
                }
                _ => None,
            };
            match some_days.and_then(|(value, hold)| Some((limit(value)?, hold))) {
                Some((limit, Hold::Always)) => limit < own,
                Some((limit, _)) => tagged || limit < own,
                None => tagged,
            }
        };
        if !self.heeds(NoRoad::TooLarge) {
            return None;
        }
        limits.iter().find(|limit| below(limit)).map(|limit| limit.0)
    }

    /// The clause of a conditional tag that holds today, and for how much of the day: of several,
    /// the last (`OpenStreetMap` wiki, "Conditional restrictions": later ones override).
    pub(super) fn conditional<'a>(
        &self,
        tags: &'a Attributes,
        key: &str,
        is_value: impl Fn(&str) -> bool,
    ) -> Option<(&'a str, Hold)> {
        let today = self.today();
        let holds = |(value, condition): (&'a str, Option<&'a str>)| {
            let hold = condition::hold(condition?, &today)?;
            (hold != Hold::Never && is_value(value)).then_some((value, hold))
        };
        condition::clauses(tags.get(key)?).into_iter().filter_map(holds).next_back()
    }

    /// The access of today: the most specific tag it obeys, overridden by conditions. What is
    /// closed for a part of the day is closed; what is open for a part of it is not.
    pub(super) fn access_today<'a>(&self, tags: &'a Attributes) -> Option<&'a str> {
        for key in &self.vehicle().access {
            let plain = tags.get(key);
            let conditional = self.conditional(tags, &format!("{key}:conditional"), |_| true);
            match conditional {
                Some((value, Hold::Always))
                    if self.heeds(NoRoad::OutOfSeason) || !self.is_closed(value) =>
                {
                    return Some(value);
                }
                Some((value, _)) if self.is_closed(value) && self.heeds(NoRoad::OutOfSeason) => {
                    return Some(value);
                }
                _ if plain.is_some() => return plain,
                _ => {}
            }
        }
        None
    }

    /// Whether what is open at hours or in seasons only is open at some time today; what cannot be
    /// read is open.
    pub(super) fn opens(&self, tags: &Attributes) -> bool {
        if !self.heeds(NoRoad::OutOfSeason) {
            return true;
        }
        let hours = tags.get("opening_hours");
        let shut =
            hours.and_then(|hours| condition::open(hours, &self.today())) == Some(Hold::Never);
        !shut && self.in_its_season(tags)
    }

    /// Whether a `seasonal` way exists today. `yes` and `no` do not say when: such ways are open,
    /// unless they are winter roads.
    fn in_its_season(&self, tags: &Attributes) -> bool {
        let Some(seasons) = tags.get("seasonal") else { return true };
        if matches!(seasons, "yes" | "no") {
            return true;
        }
        let hold = |one: &str| match one.trim() {
            "wet_season" => Some(self.season() == Season::Wet),
            "dry_season" => Some(self.season() != Season::Wet),
            other => condition::hold(other, &self.today()).map(|hold| hold != Hold::Never),
        };
        let holds: Vec<Option<bool>> = seasons.split(';').map(hold).collect();
        holds.iter().any(|hold| *hold != Some(false))
    }

    /// Seconds lost at a ford, or nothing when the vehicle cannot ford: by its depth where that is
    /// tagged, else by the season.
    pub(super) fn ford_s(&self, tags: &Attributes) -> Option<u32> {
        if !self.heeds(NoRoad::Ford) {
            return Some(0);
        }
        let vehicle = self.vehicle();
        let lost = vehicle.ford_s?;
        match tags.get("depth").and_then(limit) {
            Some(depth_m) => (depth_m <= vehicle.ford_depth_m).then_some(lost),
            None if self.season() == Season::Wet => {
                vehicle.ford_wet.then_some(lost.saturating_mul(2))
            }
            None => Some(lost),
        }
    }
}

/// A limit in metres or tonnes: `2.5`, `2.5 m`, `2500 kg`, `250 cm`, `7'6\"` is not read.
fn limit(text: &str) -> Option<f64> {
    let (number, unit) = leading_number(text)?;
    match unit.trim() {
        "" | "m" | "t" => Some(number),
        "kg" => Some(number / 1000.0),
        "cm" => Some(number / 100.0),
        "ft" => Some(number * 0.304_8),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::attributes::Attributes;
    use super::*;
    use crate::units::Seconds;

    fn tags(text: &str) -> Attributes {
        Attributes::of(&text.split('|').filter_map(|word| word.split_once('=')).collect())
    }

    fn on(day: &str) -> Profile {
        Profile::minivan().on(day).unwrap()
    }

    #[test]
    fn access_follows_the_day() {
        let check = |text: &str, winter: bool, summer: bool| {
            let open = |day: &str| on(day).passage(&tags(text)).is_some();
            assert_eq!((open("2026-01-28"), open("2026-07-28")), (winter, summer), "{text}");
        };
        check("highway=track|motor_vehicle:conditional=no @ (Nov-Apr)", false, true);
        check("highway=track|access=no|access:conditional=yes @ (May-Oct)", false, true);
        check("highway=track|access:conditional=no @ (Nov-Apr); yes @ (2026 Jan)", true, true);
        check("highway=track|vehicle:conditional=no @ (22:00-06:00)", false, false);
        check("highway=track|access=no|access:conditional=yes @ (08:00-18:00)", false, false);
        check("highway=track|access:conditional=no @ (when it snows)", true, true);
        check("highway=track|motor_vehicle:conditional=no @ (weight>3.5)", true, true);
        check("highway=track|motor_vehicle:conditional=no @ (weight>1.5 AND Nov-Apr)", false, true);
        check("highway=track|seasonal=summer", false, true);
        check("highway=track|seasonal=winter;spring", true, false);
        check("highway=track|seasonal=yes", true, true);
        check("highway=track|opening_hours=May-Oct", false, true);
        check("route=ferry|opening_hours=Dec-Feb off; Mar-Nov 06:00-20:00", false, true);
        check("highway=track|maxweight=3.5|maxweight:conditional=1 @ (Jul)", true, false);
        check("highway=track|maxweight=1|maxweight:conditional=5 @ (Dec-Feb)", true, false);
    }

    #[test]
    fn a_limit_of_the_season_slows() {
        let way = tags("highway=secondary|maxspeed=80|maxspeed:conditional=30 @ (Nov-Apr)");
        let pace = |day: &str| on(day).passage(&way).map(|passage| passage.pace);
        assert_eq!(pace("2026-01-28"), Some(super::super::profile::Pace::Kmh(27.0)));
        assert_eq!(pace("2026-07-28"), Some(super::super::profile::Pace::Kmh(60.0)));
    }

    #[test]
    fn size_and_weight_keep_out_what_does_not_fit() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(Profile::minivan().misfit(&tags(text)), expected, "{text}");
        };
        check("maxheight=1.9", Some("maxheight"));
        check("maxheight=2.1 m", None);
        check("maxwidth=150 cm", Some("maxwidth"));
        check("maxwidth:physical=1.5", Some("maxwidth:physical"));
        check("maxweight=1700 kg", Some("maxweight"));
        check("maxaxleload=0.8", Some("maxaxleload"));
        check("maxlength=4", Some("maxlength"));
        check("maxheight=default", None);
        check("maxheight=6'6\"", None);
    }

    #[test]
    fn fords_are_passed_by_depth_season_and_vehicle() {
        let check = |profile: Profile, text: &str, expected: Option<i64>| {
            assert_eq!(profile.hurdle(&tags(text)), expected.map(Seconds), "{text}");
        };
        let (van, jeep) = (Profile::minivan(), Profile::four_by_four());
        check(van.clone(), "ford=yes|depth=0.2", Some(60));
        check(van.clone(), "ford=yes|depth=0.5", None);
        check(jeep.clone(), "ford=yes|depth=0.5", Some(20));
        check(van.clone().in_season(Season::Wet), "ford=yes", None);
        check(van.in_season(Season::Wet), "ford=yes|depth=0.1", Some(60));
        check(jeep.in_season(Season::Wet), "ford=yes", Some(40));
        check(Profile::electric_tricycle(), "ford=yes|depth=0.1", None);
    }

    #[test]
    fn a_day_that_is_none_is_refused() {
        for text in ["", "28.1.2026", "2026-02-30", "tomorrow"] {
            let error = Profile::minivan().on(text).unwrap_err();
            assert_eq!(error.faults()[0].field_name(), "date", "{text}");
        }
    }
}

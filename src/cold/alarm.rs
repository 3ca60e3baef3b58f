//! Alarm rules as data, and the engine that runs them over a series of temperatures.

use serde::{Deserialize, Serialize};

use crate::units::Seconds;

/// On which side of its threshold a rule looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmSide {
    /// At the threshold or above it.
    Above,
    /// At the threshold or below it.
    Below,
}

/// How a rule counts its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmCount {
    /// One unbroken run.
    Consecutive,
    /// All runs together.
    Cumulative,
}

/// An alarm rule: it fires when the series is at or beyond the threshold for so long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlarmRule {
    /// Its name.
    pub name: String,
    /// The threshold, degrees Celsius; the threshold itself counts.
    pub threshold_c: f64,
    /// The side.
    pub side: AlarmSide,
    /// How time is counted.
    pub count: AlarmCount,
    /// How long, seconds.
    pub seconds: i64,
    /// Where the rule comes from.
    pub source: String,
}

/// What an alarm rule says of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The longest run, or all runs together, at or beyond the threshold.
    pub counted: Seconds,
    /// When it fired, since the start of the series; none when it did not.
    pub fired_at: Option<Seconds>,
}

/// A span of a series at one temperature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TemperatureSpan {
    /// How long.
    pub seconds: Seconds,
    /// Degrees Celsius.
    pub celsius: f64,
}

impl AlarmRule {
    /// The rule sets that come with the crate, by name: `who_type_1` for goods that freezing spoils,
    /// `who_type_2` for others, `who_30_day` of the thirty-day recorder, `label_2_8` which fires at
    /// once.
    pub fn set(name: &str) -> Vec<Self> {
        use AlarmCount::{Consecutive, Cumulative};
        use AlarmSide::{Above, Below};
        let rule = |name: &str, threshold_c, side, count, minutes: i64, source: &str| Self {
            name: name.into(),
            threshold_c,
            side,
            count,
            seconds: 60 * minutes,
            source: source.into(),
        };
        let who = "WHO Q-tag 2plus guide";
        let heat = || {
            vec![
                rule("45 °C, 1 h", 45.0, Above, Consecutive, 60, who),
                rule("30 °C, 10 h", 30.0, Above, Cumulative, 600, who),
            ]
        };
        let more = match name {
            "who_type_1" => vec![rule("-0.5 °C, 1 h", -0.5, Below, Consecutive, 60, who)],
            "who_type_2" => vec![rule("10 °C, 20 h", 10.0, Above, Cumulative, 1200, who)],
            "who_30_day" => {
                let source = "thirty-day recorder, from memory";
                return vec![
                    rule("8 °C, 10 h", 8.0, Above, Consecutive, 600, source),
                    rule("-0.5 °C, 1 h", -0.5, Below, Consecutive, 60, source),
                ];
            }
            _ => return Vec::new(),
        };
        heat().into_iter().chain(more).collect()
    }

    /// Runs the rule over a series. Time counts while the temperature is at the threshold or beyond;
    /// the rule fires at the moment the time is full.
    pub fn run(&self, series: impl IntoIterator<Item = TemperatureSpan>) -> Alarm {
        let (mut clock, mut run, mut counted) = (Seconds::ZERO, Seconds::ZERO, Seconds::ZERO);
        let mut fired_at = None;
        for span in series {
            let is_beyond = match self.side {
                AlarmSide::Above => span.celsius >= self.threshold_c,
                AlarmSide::Below => span.celsius <= self.threshold_c,
            };
            if is_beyond {
                let missing = Seconds(self.seconds) - run;
                run += span.seconds;
                counted = counted.max(run);
                if run.0 >= self.seconds && fired_at.is_none() {
                    fired_at = Some(clock + missing);
                }
            } else if self.count == AlarmCount::Consecutive {
                run = Seconds::ZERO;
            }
            clock += span.seconds;
        }
        Alarm { counted, fired_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cold::KineticMean;

    fn span(celsius: f64, hours: f64) -> TemperatureSpan {
        TemperatureSpan { seconds: Seconds::round(3600.0 * hours), celsius }
    }

    fn fires(set: &str, name: &str, series: &[TemperatureSpan]) -> Option<Seconds> {
        let rules = AlarmRule::set(set);
        let rule = rules.iter().find(|rule| rule.name == name).unwrap();
        rule.run(series.iter().copied()).fired_at
    }

    #[test]
    fn t24_ten_hours_at_thirty_fire_and_54_minutes_at_46_do_not() {
        let warm = [span(31.0, 9.0), span(5.0, 3.0), span(30.0, 1.0)];
        assert_eq!(fires("who_type_1", "30 °C, 10 h", &warm), Some(Seconds::hours(13)));
        assert_eq!(fires("who_type_1", "45 °C, 1 h", &[span(46.0, 0.9), span(5.0, 1.0)]), None);
        let twice = [span(46.0, 0.9), span(5.0, 0.1), span(46.0, 0.9)];
        assert_eq!(fires("who_type_1", "45 °C, 1 h", &twice), None);
        assert_eq!(
            fires("who_type_2", "10 °C, 20 h", &[span(10.0, 21.0)]),
            Some(Seconds::hours(20))
        );
    }

    #[test]
    fn t03_half_an_hour_of_frost_passes_the_mean_but_not_the_label() {
        let day = [span(5.0, 23.5), span(-5.0, 0.5)];
        let mean = day
            .iter()
            .fold(KineticMean::default(), |mean, one| mean.and(one.celsius, one.seconds.as_f64()));
        assert!((mean.celsius().unwrap() - 4.880).abs() < 0.01);
        assert_eq!(fires("who_type_1", "-0.5 °C, 1 h", &day), None);
        let label = crate::cold::ProductClass::by_code("CN_COLD_2_8").unwrap();
        let freeze = label.alarms();
        let fired = freeze.iter().find_map(|rule| rule.run(day).fired_at);
        assert_eq!(fired, Some(Seconds::round(23.5 * 3600.0)));
    }

    #[test]
    fn an_unknown_set_has_no_rules() {
        assert!(AlarmRule::set("no_such").is_empty());
        assert_eq!(AlarmRule::set("who_30_day").len(), 2);
        let text = serde_json::to_string(&AlarmRule::set("who_type_1")).unwrap();
        assert_eq!(serde_json::from_str::<Vec<AlarmRule>>(&text).unwrap().len(), 3);
    }
}

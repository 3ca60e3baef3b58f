//! The facts of the report, worked out once.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::cold::{
    Alarm, AlarmCount, AlarmRule, AlarmSide, BudgetUse, Doorstep, KineticMean, Means, PackOut,
    Product, ProductClass, RESERVE_LEFT, TemperatureSpan, VialMonitor, degree_hours_below_zero,
};
use crate::error::Result;
use crate::plan::{Plan, Route};
use crate::problem::{Problem, Vehicle, VisitId};
use crate::report::cold_margin::{self, ColdMargin};
use crate::schedule::{BoxDay, BoxGoods, BoxStep, Stress, Verdict, assign, box_days, robustness};
use crate::units::{MilliCelsius, Seconds, Time};

/// The share of the coolant that should be left: use at most four fifths of it.
pub(super) const RESERVE_SHARE: f64 = 0.2;

/// Everything the report says.
pub(super) struct Facts<'a> {
    pub(super) plan: &'a Plan,
    /// One entry per route with cold goods.
    pub(super) routes: Vec<RouteFacts<'a>>,
    /// Cold goods for which no box has room.
    pub(super) left_out: Vec<VisitId>,
    /// One for each scenario.
    pub(super) verdicts: Vec<Verdict>,
    /// SHA-256 of all parameters the predictions rest on, in hexadecimal.
    pub(super) parameters: String,
}

/// One route with its boxes.
pub(super) struct RouteFacts<'a> {
    pub(super) route: &'a Route,
    pub(super) boxes: Vec<BoxDay>,
    margins: Vec<ColdMargin>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(plan: &'a Plan) -> Result<Self> {
        let problem = plan.problem();
        let (mut routes, mut left_out) = (Vec::new(), Vec::new());
        for route in plan.routes() {
            let timetable = &route.timetable;
            let boxes = box_days(problem, timetable, &Stress::NONE)?;
            left_out.extend(assign(problem, timetable).into_iter().flat_map(|one| one.left_out));
            if !boxes.is_empty() {
                let margins = cold_margin::margins(problem, route);
                routes.push(RouteFacts { route, boxes, margins });
            }
        }
        let timetables: Vec<_> = plan.routes().iter().map(|route| &route.timetable).collect();
        let verdicts = robustness(problem, &timetables)?;
        let parameters = parameters(problem);
        Ok(Self { plan, routes, left_out, verdicts, parameters })
    }

    /// True when no cold goods are on any route.
    pub(super) fn is_empty(&self) -> bool {
        self.routes.is_empty() && self.left_out.is_empty()
    }
}

/// A digest of every pack-out, conditioning and class in use, the weather and the release of the
/// program: two reports with the same digest rest on the same numbers.
fn parameters(problem: &Problem) -> String {
    let mut text = format!("{} {}\n", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    let boxes = problem.vehicles().iter().flat_map(Vehicle::boxes);
    for cold_box in boxes {
        text.push_str(&json(cold_box.pack_out()));
        text.push_str(&json(&cold_box.conditioning()));
        text.push_str(cold_box.class_code());
        text.push('\n');
    }
    for class in problem.classes() {
        text.push_str(&json(class));
        text.push('\n');
    }
    let airs = problem.airs.as_ref().map(|airs| airs.told());
    let _ = write!(text, "{:?} {airs:?}", problem.weather());
    hex(text.as_bytes())
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("text keys and finite numbers can always be written")
}

/// SHA-256 (FIPS 180-4) in hexadecimal.
pub(in crate::report) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What the report says of one parcel.
pub(super) struct Parcel<'a> {
    pub(super) day: &'a BoxDay,
    pub(super) goods: &'a BoxGoods,
    pub(super) class: &'a ProductClass,
    /// Seconds above and below the class: together, and the longest run.
    pub(super) high: Out,
    pub(super) low: Out,
    /// Kelvin-hours of the payload's lower bound below 0 °C.
    pub(super) frost_kh: f64,
    /// In the weather as forecast.
    pub(super) kinetic: KineticMean,
    pub(super) alarms: Vec<(AlarmRule, Alarm)>,
    /// The latest safe moment of the hand-over by the search's reckoning, its reserve kept.
    pub(super) deadline: Option<Time>,
    /// How long the goods may be out of the box at the hand-over, in a pouch and bare, at the worst
    /// air of that moment.
    pub(super) doorstep: Option<(Seconds, Seconds)>,
    /// The way from the box to the hand, where the order says how that is.
    pub(super) walk: Option<Walked>,
    /// Time above the class: before the plan, what the plan adds in the box and on the way to the hand,
    /// and what the product's document allows.
    pub(super) out: BudgetUse,
    /// The shares of their lives that the plan uses, at the payload's upper bound.
    pub(super) lives: Lives,
}

/// What the planned way from the box to the hand does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Walked {
    pub(super) outside: Seconds,
    /// The lowest and the highest temperature in the hand, degrees Celsius.
    pub(super) low_c: f64,
    pub(super) high_c: f64,
    /// True when the goods stay in their class, or leave it as their document allows.
    pub(super) is_kept: bool,
    /// How long they are above their class at the most.
    pub(super) above: Seconds,
}

/// Shares of lives; none for goods without such a life.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Lives {
    /// Of the vial's monitor.
    pub(super) vial: Option<f64>,
    /// Of produce. Not valid below its chilling limit.
    pub(super) produce: Option<f64>,
}

impl Lives {
    fn of<'a>(
        product: Option<&Product>,
        steps: &(impl Iterator<Item = &'a BoxStep> + Clone),
    ) -> Self {
        let sum = |used: &dyn Fn(f64, f64) -> f64| {
            let one = |step: &BoxStep| used(step.payload_c.high, (step.until - step.from).as_f64());
            steps.clone().map(one).sum::<f64>()
        };
        let monitor = product.and_then(|product| VialMonitor::by_name(&product.vial_monitor));
        let life = product.and_then(|product| product.shelf_life);
        Self {
            vial: monitor.map(|one| sum(&|celsius, seconds| one.used(celsius, seconds))),
            produce: life.map(|one| sum(&|celsius, seconds| one.used(celsius, seconds))),
        }
    }
}

/// Time outside a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Out {
    pub(super) whole: Seconds,
    pub(super) longest: Seconds,
}

impl RouteFacts<'_> {
    /// The parcels of one box, by stop.
    pub(super) fn parcels<'a>(&'a self, problem: &'a Problem, day: &'a BoxDay) -> Vec<Parcel<'a>> {
        day.goods.iter().map(|goods| self.parcel(problem, day, goods)).collect()
    }

    fn parcel<'a>(
        &'a self,
        problem: &'a Problem,
        day: &'a BoxDay,
        goods: &'a BoxGoods,
    ) -> Parcel<'a> {
        let class = &problem.classes()[day.class];
        let steps = || day.steps.iter().filter(|s| s.from >= goods.from && s.until <= goods.until);
        let order = problem.visit(goods.visit).order;
        let product = problem.product(order);
        let energy = product.and_then(|product| product.kinetic_kj_per_mol);
        let mut kinetic = energy.map_or_else(KineticMean::default, KineticMean::of_energy);
        let (mut frost_kh, mut before_c) = (0.0, day.start_c);
        for step in steps() {
            let seconds = (step.until - step.from).as_f64();
            kinetic = kinetic.and(f64::midpoint(before_c, step.payload_c.likely), seconds);
            frost_kh += degree_hours_below_zero(step.payload_c.low, seconds);
            before_c = step.payload_c.likely;
        }
        let own = product.map(|product| AlarmRule::set(&product.alarms)).unwrap_or_default();
        let alarms = with_rules(class, own).into_iter().map(|rule| {
            let alarm = rule.run(steps().map(|step| worst(step, rule.side)));
            (rule, alarm)
        });
        let beyond = |limit: Option<MilliCelsius>, side: AlarmSide| {
            limit.map_or(Out::default(), |limit| out_of(limit.degrees(), side, steps()))
        };
        let last = steps().next_back();
        let doorstep = last.filter(|_| goods.until < day.returns).map(|step| {
            let limit = |pouch| {
                let one = Doorstep { walk: Seconds::ZERO, hand_over: Seconds::ZERO, pouch };
                let cold = one.limit(class, step.payload_c.low, step.ambient_c.low);
                cold.min(one.limit(class, step.payload_c.high, step.ambient_c.high))
            };
            (limit(true), limit(false))
        });
        let planned = problem.visit(goods.visit).doorstep;
        let walk = last.zip(planned).filter(|_| goods.until < day.returns);
        let mut walk = walk.map(|(step, doorstep)| walked(class, step, doorstep));
        let high = beyond(class.highest(), AlarmSide::Above);
        // Goods that get too warm on the way are out for all of it, at both ends.
        let outside = |walk: Walked| match walk.above {
            Seconds::ZERO => Seconds::ZERO,
            above => problem.time_out(day.vehicle, goods.visit).max(above),
        };
        let added = high.whole + walk.map_or(Seconds::ZERO, outside);
        let out = problem.out_budget(order, added).unwrap_or_else(|| nothing_allowed(added));
        if let Some(walk) = walk.as_mut().filter(|walk| !walk.is_kept) {
            let covers_c = product.and_then(|product| product.budgets.first());
            let is_mild = covers_c.is_some_and(|budget| walk.high_c <= budget.highest_c);
            let is_cold = class.lowest().is_some_and(|low| walk.low_c < low.degrees());
            walk.is_kept = is_mild && !is_cold && out.is_kept();
        }
        let margin = cold_margin::of(&self.margins, Some(goods.visit));
        Parcel {
            day,
            goods,
            class,
            high,
            low: beyond(class.lowest(), AlarmSide::Below),
            frost_kh,
            kinetic,
            alarms: alarms.collect(),
            deadline: margin.and_then(|margin| margin.deadline),
            doorstep,
            walk,
            out,
            lives: Lives::of(product, &steps()),
        }
    }
}

/// The way from the box to the hand in the worst air of the hand-over's step.
fn walked(class: &ProductClass, step: &BoxStep, doorstep: Doorstep) -> Walked {
    let ends =
        [(step.payload_c.low, step.ambient_c.low), (step.payload_c.high, step.ambient_c.high)];
    let [low_c, high_c] = ends.map(|(start_c, air_c)| doorstep.hand_over_c(start_c, air_c));
    let excess = ends.map(|(start_c, air_c)| doorstep.excess(class, start_c, air_c));
    let is_kept = excess.iter().all(|excess| excess.0 <= 0);
    let (start_c, air_c) = ends[1];
    let is_warm = class.highest().is_some_and(|limit| air_c > limit.degrees());
    let above = if is_warm { doorstep.excess(class, start_c, air_c) } else { Seconds::ZERO };
    Walked { outside: doorstep.outside(), low_c, high_c, is_kept, above: above.max(Seconds::ZERO) }
}

/// The use of no budget: the goods are of no known product.
fn nothing_allowed(added: Seconds) -> BudgetUse {
    let added_min = (added.0 + 59).div_euclid(60);
    BudgetUse { before_min: 0, added_min, limit_min: 0, starts_clock: false }
}

/// The rules of a class, and those of a product that are not among them.
fn with_rules(class: &ProductClass, own: Vec<AlarmRule>) -> Vec<AlarmRule> {
    let mut all = rules(class);
    for rule in own {
        if !all.contains(&rule) {
            all.push(rule);
        }
    }
    all
}

/// The label's own rules, and the recorder rules for goods kept near 5 °C.
pub(in crate::report) fn rules(class: &ProductClass) -> Vec<AlarmRule> {
    let mut rules = class.alarms();
    let is_cool = class.highest().is_some_and(|high| (0.0..=10.0).contains(&high.degrees()));
    if is_cool {
        let set = if class.freeze_sensitive { "who_type_1" } else { "who_type_2" };
        rules.extend(AlarmRule::set(set));
    }
    rules
}

/// The worst temperature of a step on one side, taken to last for all of it. Openings take no time
/// of their own; they colour their step.
fn worst(step: &BoxStep, side: AlarmSide) -> TemperatureSpan {
    let celsius = match side {
        AlarmSide::Above => step.payload_c.high,
        AlarmSide::Below => step.payload_c.low,
    };
    TemperatureSpan { seconds: step.until - step.from, celsius }
}

fn out_of<'a>(limit_c: f64, side: AlarmSide, steps: impl Iterator<Item = &'a BoxStep>) -> Out {
    let beyond = if side == AlarmSide::Above { 1e-9 } else { -1e-9 };
    let rule = |count| AlarmRule {
        name: String::new(),
        threshold_c: limit_c + beyond,
        side,
        count,
        seconds: 0,
        source: String::new(),
    };
    let series: Vec<TemperatureSpan> = steps.map(|step| worst(step, side)).collect();
    let run = |count| rule(count).run(series.iter().copied()).counted;
    Out { whole: run(AlarmCount::Cumulative), longest: run(AlarmCount::Consecutive) }
}

impl Parcel<'_> {
    /// The order at whose stop, or on the way to which, the hold left is least; none at the station, on the
    /// way back to it, or where the weather does no harm.
    pub(super) fn least_near<'p>(&self, plan: &'p Plan) -> Option<&'p str> {
        let (_, at) = self.goods.hold_least?;
        let stop = self.day.steps.iter().find(|step| step.until == at)?.stop?;
        let route = plan.routes().iter().find(|route| route.vehicle == self.day.vehicle)?;
        let visit = route.timetable.stops.get(stop)?.visit?;
        let problem = plan.problem();
        Some(problem.order(problem.visit(visit).order).id())
    }

    /// True when the parcel is predicted to stay in its class to the hand and no alarm fires.
    pub(super) fn passes(&self) -> bool {
        self.walk.is_none_or(|walk| walk.is_kept)
            && self.goods.out_of_range_at.is_none()
            && self.alarms.iter().all(|(_, a)| a.fired_at.is_none())
    }
}

/// The share of the coolant that is left on the side the air of a step works on, or without coolant of
/// the way from what the goods are packed at to their limit; none when neither side of that air is beyond
/// the class, and in a compartment.
pub(super) fn reservoir_left(pack: &PackOut, class: &ProductClass, step: &BoxStep) -> Option<f64> {
    let limit = |limit: Option<MilliCelsius>, air_c: f64, sign: f64| {
        limit.map(MilliCelsius::degrees).filter(|limit_c| sign * (air_c - limit_c) > 0.0)
    };
    let warm = limit(class.highest(), step.ambient_c.high, 1.0);
    let cold = limit(class.lowest(), step.ambient_c.low, -1.0);
    let way = |limit_c: f64, payload_c: f64| match limit_c - pack.plateau_c {
        0.0 => 0.0,
        whole_k => (limit_c - payload_c) / whole_k,
    };
    let sides = match (pack.means, step.melted) {
        (Means::Coolant, Some(melted)) => {
            [warm.map(|_| 1.0 - melted.high), cold.map(|_| melted.low)]
        }
        (Means::Walls, _) => [
            warm.map(|limit_c| way(limit_c, step.payload_c.high)),
            cold.map(|limit_c| way(limit_c, step.payload_c.low)),
        ],
        _ => [None, None],
    };
    sides.into_iter().flatten().reduce(f64::min).map(|share| share.clamp(0.0, 1.0))
}

/// When a box first has less than the reserve left: a fifth of its coolant or two hours, without coolant
/// a fifth of the way to its limit.
pub(super) fn reserve_entered(pack: &PackOut, class: &ProductClass, day: &BoxDay) -> Option<Time> {
    let is_short = |step: &BoxStep| {
        pack.means == Means::Coolant && step.hold_left.is_some_and(|left| left < RESERVE_LEFT)
    };
    let is_low = |step: &&BoxStep| {
        is_short(step) || reservoir_left(pack, class, step).is_some_and(|left| left < RESERVE_SHARE)
    };
    day.steps.iter().find(is_low).map(|step| step.from)
}

/// The longest opening the box's payload stands at the worst of its openings, from the temperature
/// it has before; none when it is never opened or any opening is harmless, and of a compartment.
pub(super) fn opening_limit(problem: &Problem, day: &BoxDay) -> Option<Seconds> {
    let class = &problem.classes()[day.class];
    let pack = day.cold_box(problem).pack_out();
    let limits = day.steps.iter().filter(|step| step.openings > 0).flat_map(|step| {
        // What the payload had before its opening follows from what it has behind it.
        let keeps = pack.opening_keeps().powi(i32::try_from(step.openings).unwrap_or(1));
        let before = |after_c: f64, air_c: f64| air_c + (after_c - air_c) / keeps;
        let (low_air_c, high_air_c) = (step.ambient_c.low, step.ambient_c.high);
        let cold = class.lowest().map(MilliCelsius::degrees).filter(|&limit| low_air_c < limit);
        let cold = cold.map(|limit| {
            pack.opening_limit_s(before(step.payload_c.low, low_air_c), low_air_c, limit)
        });
        let warm = class.highest().map(MilliCelsius::degrees).filter(|&limit| high_air_c > limit);
        let warm = warm.map(|limit| {
            pack.opening_limit_s(before(step.payload_c.high, high_air_c), high_air_c, limit)
        });
        [cold, warm].into_iter().flatten()
    });
    let least = limits.filter(|limit| limit.is_finite()).reduce(f64::min);
    least.map(|seconds| Seconds::round(seconds.floor()))
}

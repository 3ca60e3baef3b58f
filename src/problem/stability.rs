//! What the goods of an order are: the product, its batch, and the time it may be out of refrigeration
//! by its manufacturer's document. Without a document that time is nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Order, OrderId, Problem, VehicleId, VisitId, builder};
use crate::cold::{BudgetUse, OutBudget, Product};
use crate::error::{Code, Fault};
use crate::units::{MilliCelsius, Seconds};

/// Whether goods may leave their class on purpose.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Excursions {
    /// Label only: as long as a manufacturer's document named by the order allows, and never without
    /// one.
    #[default]
    Documented,
    /// Never, whatever a document says.
    Never,
}

/// What an order says of its product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stability {
    /// The product's code, see [`Product::built_in`].
    pub product: Option<String>,
    /// The batch, for the report.
    pub batch: String,
    /// The manufacturer's document that allows time out of refrigeration.
    pub document: Option<String>,
    /// The name of the budget the document is about, where the product has several.
    pub budget: Option<String>,
    /// How long the goods were out of refrigeration before the plan, over their whole life.
    pub out_before: Seconds,
}

/// The longest time out of refrigeration that is taken for one: ten years.
const LONGEST: i64 = 315_576_000;

/// What is wrong with an order's product.
fn faults(order: &Order, known: &[Product], place: &str, found: &mut Vec<Fault>) {
    let fault =
        |code, field: &str, expected: String| Fault::new(code, expected).place(place).field(field);
    let Stability { product, document, budget, out_before, .. } = &order.stability;
    if !(0..=LONGEST).contains(&out_before.0) {
        let expected = "minutes from 0 to ten years".to_owned();
        found.push(fault(Code::OutOfRange, "out_before_min", expected).value(out_before.0 / 60));
    }
    let Some(code) = product else {
        if document.is_some() || budget.is_some() || out_before.0 != 0 {
            let expected = "the code of the product the document is about".to_owned();
            found.push(fault(Code::MissingField, "product", expected));
        }
        return;
    };
    let Some(product) = known.iter().find(|product| product.code == *code) else {
        let known: Vec<&str> = known.iter().map(|one| one.code.as_str()).collect();
        let expected = format!("the code of a known product: {}", known.join(", "));
        found.push(fault(Code::UnknownName, "product", expected).value(code));
        return;
    };
    if order.class.as_ref().is_some_and(|class| *class != product.class) {
        let expected = format!("{}, the class of {code}", product.class);
        found.push(
            fault(Code::Contradiction, "class", expected)
                .value(order.class.as_deref().unwrap_or_default()),
        );
    }
    let names: Vec<&str> = product.budgets.iter().map(|budget| budget.name.as_str()).collect();
    match budget {
        Some(name) if !names.contains(&name.as_str()) => {
            let expected = format!("the name of a budget of {code}: {}", names.join(", "));
            found.push(fault(Code::UnknownName, "budget", expected).value(name));
        }
        None if document.is_some() && names.len() > 1 => {
            let expected = format!("which budget the document is about: {}", names.join(", "));
            found.push(fault(Code::MissingField, "budget", expected));
        }
        _ => {}
    }
}

impl Order {
    /// What is wrong with its product, if these are known.
    pub(crate) fn product_faults(&self, known: &[Product], place: &str) -> Vec<Fault> {
        let mut found = Vec::new();
        faults(self, known, place, &mut found);
        found
    }

    /// Goods of a known product travel in its class, unless another is named.
    pub(crate) fn take_class_of(&mut self, known: &[Product]) {
        let Some(code) = &self.stability.product else { return };
        let product = known.iter().find(|product| product.code == *code);
        self.class = self.class.take().or(product.map(|product| product.class.clone()));
    }
}

/// What is wrong with the products of a day beside the built-in ones.
pub(super) fn own_faults(own: &[Product]) -> Vec<Fault> {
    let mut known = Product::built_in();
    let mut found = Vec::new();
    for product in own {
        let place = |fault: Fault| fault.place(format!("product {}", product.code));
        found.extend(product.faults(&known).into_iter().map(place));
        known.push(product.clone());
    }
    found
}

/// The products of checked orders, each with the one budget its document is about, if it has one.
pub(super) fn products_of(orders: &[Order], known: &[Product]) -> BTreeMap<OrderId, Product> {
    if orders.iter().all(|order| order.stability.product.is_none()) {
        return BTreeMap::new();
    }
    let one = |(i, order): (usize, &Order)| {
        let said = &order.stability;
        let code = said.product.as_ref()?;
        let mut product = known.iter().find(|product| product.code == *code)?.clone();
        let is_meant = |budget: &OutBudget| said.budget.as_ref().is_none_or(|b| *b == budget.name);
        product.budgets.retain(is_meant);
        for budget in &mut product.budgets {
            budget.document.clone_from(&said.document);
        }
        Some((OrderId::from_index(i), product))
    };
    orders.iter().enumerate().filter_map(one).collect()
}

/// How goods fare between their box and the hand, in the worst air of the shift.
#[derive(Clone, Copy, Debug)]
struct Outside {
    excess: Seconds,
    /// How long they are out of refrigeration: all of the way, where its air may be warmer than the class.
    out: Seconds,
    /// True when they get too warm and at no end of the band too cold.
    is_warm_only: bool,
    /// The warmest they are in the hand, degrees Celsius.
    hand_c: f64,
}

impl Problem {
    /// The product of an order, with the one budget its document is about.
    pub fn product(&self, order: OrderId) -> Option<&Product> {
        self.products.get(&order)
    }

    /// Whether goods may leave their class as a document allows.
    pub fn excursions(&self) -> Excursions {
        self.excursions
    }

    /// The use of an order's budget by a plan that keeps its goods out of their class for so long;
    /// nothing for an order that names no product. Without a document, or where excursions are never
    /// allowed, the limit is 0.
    pub fn out_budget(&self, order: OrderId, out: Seconds) -> Option<BudgetUse> {
        let product = self.product(order)?;
        let before_min = ceil_minutes(self.order(order).stability.out_before);
        let none = OutBudget {
            name: String::new(),
            highest_c: 0.0,
            minutes: 0,
            document: None,
            starts_clock: false,
            may_return: false,
        };
        let mut used = product.budgets.first().unwrap_or(&none).use_of(before_min, out);
        if self.excursions == Excursions::Never && used.added_min > 0 {
            used.limit_min = 0;
        }
        Some(used)
    }

    /// By how much the goods of an order were out of refrigeration longer than allowed before the
    /// plan begins; zero or less when they were not.
    pub fn out_overdrawn(&self, order: OrderId) -> Seconds {
        let used = self.out_budget(order, Seconds::ZERO);
        used.map_or(Seconds::ZERO, |used| Seconds::minutes(used.before_min - used.limit_min))
    }

    /// By how much longer than a vehicle's goods keep they are outside their box at a visit; zero or
    /// less when they keep, when a document allows that time, or when nothing is said of it.
    pub fn doorstep_excess(&self, vehicle: VehicleId, visit: VisitId) -> Seconds {
        let Some(outside) = self.outside(vehicle, visit) else { return Seconds::ZERO };
        if outside.excess.0 > 0 && self.is_covered(vehicle, visit, outside) {
            return Seconds::ZERO;
        }
        outside.excess
    }

    /// How long the goods of a visit are out of refrigeration by the plan: all the time that they are
    /// outside a box in air warmer than their class, at both ends of a shipment, if they leave their
    /// class at one of them; nothing if they keep.
    pub fn time_out(&self, vehicle: VehicleId, visit: VisitId) -> Seconds {
        let way = self.realisation(self.visit(visit).realisation);
        let both = std::iter::once(way.first).chain(way.second);
        let found: Vec<Outside> = both.filter_map(|id| self.outside(vehicle, id)).collect();
        let leaves = found.iter().any(|outside| outside.excess.0 > 0);
        if leaves { found.iter().map(|outside| outside.out).sum() } else { Seconds::ZERO }
    }

    /// True when the budget of an order allows that its goods are so warm, and are out for so long in
    /// all. Nothing allows cold.
    fn is_covered(&self, vehicle: VehicleId, visit: VisitId, outside: Outside) -> bool {
        let order = self.visit(visit).order;
        let Some(used) = self.out_budget(order, self.time_out(vehicle, visit)) else {
            return false;
        };
        let highest_c = self.product(order).and_then(|product| product.budgets.first());
        let is_mild = highest_c.is_some_and(|budget| outside.hand_c <= budget.highest_c);
        outside.is_warm_only && is_mild && used.is_kept()
    }

    fn outside(&self, vehicle: VehicleId, visit: VisitId) -> Option<Outside> {
        let visit = self.visit(visit);
        // On the way to the box goods are as much outside as on the way from it.
        let doorstep = visit.doorstep?;
        let vehicle_row = self.vehicle(vehicle);
        let air =
            self.weather.as_ref().and_then(|weather| builder::air_of(vehicle_row, weather))?;
        let (low, high) = self.air_at(visit.place).of(air);
        let index = visit.class?;
        let class = &self.classes[index];
        let mut worst: Option<Outside> = None;
        for (_, one) in self.box_kinds(vehicle, index) {
            for air in [low, high].map(MilliCelsius::degrees) {
                let start_c = one.pack_out().handed_over_c(class, air);
                let excess = doorstep.excess(class, start_c, air);
                let is_cold = class.lowest().is_some_and(|limit| air < limit.degrees());
                let hand_c = doorstep.hand_over_c(start_c, air);
                let is_warm = class.highest().is_some_and(|limit| air > limit.degrees());
                let out = if is_warm { doorstep.outside() } else { Seconds::ZERO };
                let so_far = worst.unwrap_or(Outside { excess, out, is_warm_only: true, hand_c });
                worst = Some(Outside {
                    out: so_far.out.max(out),
                    excess: so_far.excess.max(excess),
                    is_warm_only: so_far.is_warm_only && (excess.0 <= 0 || !is_cold),
                    hand_c: so_far.hand_c.max(hand_c),
                });
            }
        }
        worst
    }
}

/// Whole minutes, rounded up.
fn ceil_minutes(time: Seconds) -> i64 {
    (time.0 + 59).div_euclid(60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cold::{Conditioning, Doorstep, PackOut, Weather};
    use crate::problem::ColdBox;
    use crate::sample::{bare, build, call, day};

    /// Spinraza, out of its carton before for 28 h, on the doorstep at 24 °C.
    fn spinraza(document: Option<&str>, hours: f64) -> Order {
        let walk = Seconds::round(3600.0 * hours) + Seconds::minutes(30);
        let doorstep = Doorstep { walk, hand_over: Seconds::ZERO, pouch: true };
        let order = Order::deliver("s", call(10.0).doorstep(doorstep)).product("NUSINERSEN");
        let order = order.budget("out of the carton").out_before(Seconds::hours(28));
        document.into_iter().fold(order, Order::document)
    }

    /// Whether the doorstep is too long, and whether the budget was overdrawn before.
    fn found(order: Order, excursions: Excursions, air_c: f64) -> [bool; 2] {
        let cold = ColdBox::new(PackOut::p7(), "CN_COLD_2_8", Conditioning::Half);
        let weather = Weather::constant(air_c).unwrap();
        let day = day([bare("v").cold_box(cold)]).weather(weather).excursions(excursions);
        let problem = build(day.order(order));
        let outside = problem.doorstep_excess(VehicleId(0), VisitId(0));
        [outside, problem.out_overdrawn(OrderId(0))].map(|excess| excess.0 > 0)
    }

    #[test]
    fn t25_the_budget_of_a_product_is_a_hard_rule() {
        let label = Excursions::Documented;
        // From 6.5 °C, a pouch in air of 24 °C is at 8 °C after 9 minutes.
        assert_eq!(found(spinraza(Some("SPC 6.4"), 1.5), label, 24.0), [false, false]);
        assert_eq!(found(spinraza(Some("SPC 6.4"), 2.5), label, 24.0), [true, false]);
        let both = [true, true];
        for hours in [1.5, 2.5] {
            assert_eq!(found(spinraza(None, hours), label, 24.0), both, "{hours}");
        }
        let strict = found(spinraza(Some("SPC 6.4"), 1.5), Excursions::Never, 24.0);
        assert_eq!(strict, [true, false]);
    }

    #[test]
    fn no_document_allows_frost_or_more_heat_than_it_covers() {
        let label = Excursions::Documented;
        let fresh = |hours| spinraza(Some("SPC 6.4"), hours).out_before(Seconds::ZERO);
        assert_eq!(found(fresh(3.0), label, 24.0), [false, false]);
        // In 30 °C it would be at 26.6 °C in the hand; the document covers 25 °C.
        assert_eq!(found(fresh(3.0), label, 30.0), [true, false]);
        assert_eq!(found(fresh(1.0), label, -10.0), [true, false]);
    }

    #[test]
    fn all_the_time_outside_counts_not_only_what_is_too_long() {
        // 28 h before, and an hour and 50 minutes of walk: 24 °C is too warm after nine minutes of it.
        let order = |minutes| {
            let walk = Seconds::minutes(minutes);
            let doorstep = Doorstep { walk, hand_over: Seconds::ZERO, pouch: true };
            let order = Order::deliver("s", call(10.0).doorstep(doorstep)).product("NUSINERSEN");
            let order = order.budget("out of the carton").document("SPC 6.4");
            order.out_before(Seconds::hours(28))
        };
        assert_eq!(found(order(120), Excursions::Documented, 24.0), [false, false]);
        assert_eq!(found(order(121), Excursions::Documented, 24.0), [true, false]);
        assert_eq!(found(order(5), Excursions::Never, 24.0), [false, false], "it keeps");
    }

    #[test]
    fn a_shipment_is_out_at_both_its_ends() {
        let end = |km: f64, minutes| {
            let walk = Seconds::minutes(minutes);
            call(km).doorstep(Doorstep { walk, hand_over: Seconds::ZERO, pouch: true })
        };
        let order = |one, two| {
            let order = Order::ship("s", end(10.0, one), end(20.0, two)).product("NUSINERSEN");
            order.budget("out of the carton").document("SPC 6.4").out_before(Seconds::hours(28))
        };
        assert_eq!(found(order(60, 60), Excursions::Documented, 24.0), [false, false]);
        assert_eq!(found(order(60, 61), Excursions::Documented, 24.0), [true, false]);
        assert!(found(order(60, 5), Excursions::Never, 24.0)[0], "the way to the box");
    }

    #[test]
    fn a_product_that_is_wrong_is_told_with_its_place() {
        let told = |order: Order| {
            let mut found = Vec::new();
            faults(&order, &Product::built_in(), "order s", &mut found);
            let one = |fault: &Fault| (fault.code(), fault.field_name().to_owned());
            found.iter().map(one).collect::<Vec<_>>()
        };
        let plain = || Order::deliver("s", call(1.0));
        assert_eq!(told(plain().product("NUSINERSEN")), []);
        assert_eq!(told(plain().product("X")), [(Code::UnknownName, "product".into())]);
        let frozen = plain().class("CN_FROZEN").product("NUSINERSEN");
        assert_eq!(told(frozen), [(Code::Contradiction, "class".into())]);
        let which = plain().product("NUSINERSEN").document("d");
        assert_eq!(told(which.clone()), [(Code::MissingField, "budget".into())]);
        assert_eq!(told(which.budget("x")), [(Code::UnknownName, "budget".into())]);
        assert_eq!(told(plain().document("d")), [(Code::MissingField, "product".into())]);
        let early = plain().product("NUSINERSEN").out_before(Seconds(-60));
        assert_eq!(told(early), [(Code::OutOfRange, "out_before_min".into())]);
    }
}

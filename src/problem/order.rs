//! Orders: errands with their options, quantities and promises.

use serde::{Deserialize, Serialize};

use crate::cold::Doorstep;
use crate::place::Point;
use crate::problem::{Quantity, Stability, Urgent};
use crate::units::{Money, Seconds, Time, Window};

/// What an errand is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Goods go from the station to the recipient.
    Deliver,
    /// Goods go from the sender to the station.
    Collect,
    /// Goods go from one place to another on one vehicle and one trip.
    Ship,
    /// Work at the recipient's place, with the goods it needs from the station.
    Serve,
}

/// How an order ranks against others: no number of orders of a lower tier outweighs one of a higher.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Medicine promised within half an hour.
    Urgent,
    /// Goods of an unbroken cold chain.
    ColdChain,
    /// Goods under the 24-hour promise.
    Promise,
    /// Everything ordinary.
    #[default]
    Ordinary,
    /// What may wait for another day.
    Later,
}

impl Tier {
    /// How many tiers there are.
    pub const COUNT: usize = 5;
    /// Every tier, highest first.
    pub const ALL: [Tier; Tier::COUNT] =
        [Tier::Urgent, Tier::ColdChain, Tier::Promise, Tier::Ordinary, Tier::Later];
}

/// Where an option hands the goods over.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum HandOver {
    /// At the recipient's door.
    #[default]
    Home,
    /// At a village pick-up point; needs the recipient's consent.
    PickupPoint,
    /// At a pharmacy.
    Pharmacy,
}

/// A place to be at: windows in which service may begin, and how long service takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub(crate) point: Point,
    pub(crate) windows: Vec<Window>,
    pub(crate) service: Seconds,
    pub(crate) village: String,
    pub(crate) doorstep: Option<Doorstep>,
}

impl Call {
    /// A call at `point`, at any time, with five minutes of service.
    pub fn at(point: Point) -> Self {
        Self {
            point,
            windows: Vec::new(),
            service: Seconds::minutes(5),
            village: String::new(),
            doorstep: None,
        }
    }

    /// Adds a window in which service may begin. Without any, every time will do.
    #[must_use]
    pub fn window(mut self, window: Window) -> Self {
        self.windows.push(window);
        self
    }

    /// Sets how long service takes.
    #[must_use]
    pub fn service(mut self, service: Seconds) -> Self {
        self.service = service;
        self
    }

    /// Names the village or site, where it is not the order's.
    #[must_use]
    pub fn village(mut self, village: impl Into<String>) -> Self {
        self.village = village.into();
        self
    }

    /// Says how cold goods get from the vehicle to the recipient's hand. They must stay in their class
    /// out there too, from where they rest in their box, in the worst air of the shift.
    #[must_use]
    pub fn doorstep(mut self, doorstep: Doorstep) -> Self {
        self.doorstep = Some(doorstep);
        self
    }

    /// Where it is.
    pub fn point(&self) -> Point {
        self.point
    }
}

/// One way of serving an order. Exactly one option of a served order is used.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub(crate) hand_over: HandOver,
    pub(crate) pickup: Option<Call>,
    pub(crate) call: Call,
    pub(crate) price: Money,
}

impl Choice {
    /// One call: the recipient's door, the sender's door, a pick-up point, a pharmacy.
    pub fn call(hand_over: HandOver, call: Call) -> Self {
        Self { hand_over, pickup: None, call, price: Money::ZERO }
    }

    /// Two calls, for [`Kind::Ship`]: fetch at the first, hand over at the second.
    pub fn ship(pickup: Call, delivery: Call) -> Self {
        Self { hand_over: HandOver::Home, pickup: Some(pickup), call: delivery, price: Money::ZERO }
    }

    /// What using this option costs beside the way: a commission, the recipient's own way.
    #[must_use]
    pub fn price(mut self, price: Money) -> Self {
        self.price = price;
        self
    }

    /// Where the goods change hands.
    pub fn hand_over(&self) -> HandOver {
        self.hand_over
    }

    /// Its calls: of a shipment the pickup and the delivery.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.pickup.iter().chain([&self.call])
    }

    /// What using it costs beside the way.
    pub fn price_value(&self) -> Money {
        self.price
    }
}

/// Where on its trip a locked order must stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// The first stop after the station.
    First,
    /// The last stop before the station.
    Last,
}

/// One errand.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) tier: Tier,
    pub(crate) class: Option<String>,
    pub(crate) stability: Stability,
    pub(crate) quantity: Quantity,
    pub(crate) choices: Vec<Choice>,
    pub(crate) consent: bool,
    pub(crate) skills: Vec<String>,
    pub(crate) station: Option<String>,
    pub(crate) is_for_any_station: bool,
    pub(crate) ready_at: Option<Time>,
    pub(crate) due_back: Option<Time>,
    pub(crate) truck: Option<String>,
    pub(crate) urgent: Option<Urgent>,
    pub(crate) prize: Option<Money>,
    pub(crate) vehicle: Option<String>,
    pub(crate) position: Option<Position>,
    pub(crate) name: String,
    pub(crate) village: String,
    pub(crate) phone: String,
    pub(crate) note: String,
    pub(crate) cash_on_delivery: Money,
    pub(crate) origin: String,
}

impl Order {
    fn new(id: impl Into<String>, kind: Kind, choice: Choice) -> Self {
        Self {
            id: id.into(),
            kind,
            tier: Tier::default(),
            class: None,
            stability: Stability::default(),
            quantity: Quantity::pieces(1),
            choices: vec![choice],
            consent: false,
            skills: Vec::new(),
            station: None,
            is_for_any_station: false,
            ready_at: None,
            due_back: None,
            truck: None,
            urgent: None,
            prize: None,
            vehicle: None,
            position: None,
            name: String::new(),
            village: String::new(),
            phone: String::new(),
            note: String::new(),
            cash_on_delivery: Money::ZERO,
            origin: String::new(),
        }
    }

    /// Goods from the station to the recipient's door.
    pub fn deliver(id: impl Into<String>, call: Call) -> Self {
        Self::new(id, Kind::Deliver, Choice::call(HandOver::Home, call))
    }

    /// Goods from the sender's door to the station.
    pub fn collect(id: impl Into<String>, call: Call) -> Self {
        Self::new(id, Kind::Collect, Choice::call(HandOver::Home, call))
    }

    /// Goods from one place to another.
    pub fn ship(id: impl Into<String>, pickup: Call, delivery: Call) -> Self {
        Self::new(id, Kind::Ship, Choice::ship(pickup, delivery))
    }

    /// Work at the recipient's place.
    pub fn serve(id: impl Into<String>, call: Call) -> Self {
        Self::new(id, Kind::Serve, Choice::call(HandOver::Home, call))
    }

    /// Adds another way of serving it.
    #[must_use]
    pub fn or(mut self, choice: Choice) -> Self {
        self.choices.push(choice);
        self
    }

    /// Replaces every way of serving it.
    #[must_use]
    pub fn options(mut self, choices: Vec<Choice>) -> Self {
        self.choices = choices;
        self
    }

    /// Says whether the recipient agreed to a pick-up point. Without consent none is used.
    #[must_use]
    pub fn consent(mut self, consent: bool) -> Self {
        self.consent = consent;
        self
    }

    /// Sets the tier.
    #[must_use]
    pub fn tier(mut self, tier: Tier) -> Self {
        self.tier = tier;
        self
    }

    /// Sets the product class by its code; the goods then travel in a cold box of that class.
    #[must_use]
    pub fn class(mut self, code: impl Into<String>) -> Self {
        self.class = Some(code.into());
        self
    }

    /// Names its product by the code of a built-in one, see
    /// [`Product::built_in`](crate::cold::Product::built_in), or of one of the day's own; in a built day
    /// the goods travel in the product's class unless another is named.
    #[must_use]
    pub fn product(mut self, code: impl Into<String>) -> Self {
        let code = code.into();
        let known = crate::cold::Product::by_code(&code);
        self.class = self.class.or(known.map(|product| product.class));
        self.stability.product = Some(code);
        self
    }

    /// Sets the batch of its product.
    #[must_use]
    pub fn batch(mut self, batch: impl Into<String>) -> Self {
        self.stability.batch = batch.into();
        self
    }

    /// Names the manufacturer's document that allows time out of refrigeration. Without one, none is
    /// allowed.
    #[must_use]
    pub fn document(mut self, id: impl Into<String>) -> Self {
        self.stability.document = Some(id.into());
        self
    }

    /// Names the budget the document is about; needed when the product has several.
    #[must_use]
    pub fn budget(mut self, name: impl Into<String>) -> Self {
        self.stability.budget = Some(name.into());
        self
    }

    /// Sets how long its goods were out of refrigeration before the plan, over their whole life.
    #[must_use]
    pub fn out_before(mut self, time: Seconds) -> Self {
        self.stability.out_before = time;
        self
    }

    /// The same order outside any cold box, as a planner who ignores the cold chain sees it.
    #[must_use]
    pub fn without_class(mut self) -> Self {
        self.class = None;
        self.stability = Stability::default();
        self
    }

    /// Sets mass, volume and pieces.
    #[must_use]
    pub fn quantity(mut self, quantity: Quantity) -> Self {
        self.quantity = quantity;
        self
    }

    /// Adds a skill the courier must have.
    #[must_use]
    pub fn skill(mut self, skill: impl Into<String>) -> Self {
        self.skills.push(skill.into());
        self
    }

    /// Names the station its goods start from or go to; needed only when there are several.
    #[must_use]
    pub fn station(mut self, id: impl Into<String>) -> Self {
        self.station = Some(id.into());
        self.is_for_any_station = false;
        self
    }

    /// Lets any station serve it: its goods are at hand at each, or may go to each.
    #[must_use]
    pub fn any_station(mut self) -> Self {
        self.station = None;
        self.is_for_any_station = true;
        self
    }

    /// Sets when the goods are sorted and ready at the station.
    #[must_use]
    pub fn ready_at(mut self, time: Time) -> Self {
        self.ready_at = Some(time);
        self
    }

    /// Sets when collected goods must be back at the station.
    #[must_use]
    pub fn due_back(mut self, time: Time) -> Self {
        self.due_back = Some(time);
        self
    }

    /// Names the line-haul truck it comes with (deliver, serve) or leaves with (collect).
    #[must_use]
    pub fn truck(mut self, id: impl Into<String>) -> Self {
        self.truck = Some(id.into());
        self
    }

    /// Promises the goods in hand so long after the order, picking and hand-over included; for
    /// deliveries. Where the promise cannot be kept, the order stays unserved, and its reason says what
    /// can be had when instead.
    #[must_use]
    pub fn urgent(mut self, promise: Urgent) -> Self {
        self.urgent = Some(promise);
        self
    }

    /// Makes it optional: leaving it out costs this much and counts in no tier.
    #[must_use]
    pub fn optional(mut self, prize: Money) -> Self {
        self.prize = Some(prize);
        self
    }

    /// Pins it to a vehicle.
    #[must_use]
    pub fn on_vehicle(mut self, id: impl Into<String>) -> Self {
        self.vehicle = Some(id.into());
        self
    }

    /// Pins it to a position on its trip.
    #[must_use]
    pub fn position(mut self, position: Position) -> Self {
        self.position = Some(position);
        self
    }

    /// Sets the recipient's (or sender's) name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the village or site, as the courier calls it.
    #[must_use]
    pub fn village(mut self, village: impl Into<String>) -> Self {
        self.village = village.into();
        self
    }

    /// Sets the phone number.
    #[must_use]
    pub fn phone(mut self, phone: impl Into<String>) -> Self {
        self.phone = phone.into();
        self
    }

    /// Sets the note for the courier.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Sets the cash to take at hand-over.
    #[must_use]
    pub fn cash_on_delivery(mut self, amount: Money) -> Self {
        self.cash_on_delivery = amount;
        self
    }

    /// Says where the order was read, for error messages: `line 17`, `orders[3]`.
    #[must_use]
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = origin.into();
        self
    }

    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the errand is about.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The tier it ranks in.
    pub fn tier_value(&self) -> Tier {
        self.tier
    }

    /// The product class's code, if the goods travel in a cold box.
    pub fn class_code(&self) -> Option<&str> {
        self.class.as_deref()
    }

    /// What it says of its product.
    pub fn stability(&self) -> &Stability {
        &self.stability
    }

    /// Mass, volume and pieces.
    pub fn quantity_value(&self) -> Quantity {
        self.quantity
    }

    /// The promise from order to hand, if there is one.
    pub fn promise(&self) -> Option<Urgent> {
        self.urgent
    }

    /// The ways of serving it.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The recipient's or sender's name.
    pub fn recipient(&self) -> &str {
        &self.name
    }

    /// The village or site.
    pub fn village_name(&self) -> &str {
        &self.village
    }

    /// The phone number.
    pub fn phone_number(&self) -> &str {
        &self.phone
    }

    /// The note for the courier.
    pub fn note_text(&self) -> &str {
        &self.note
    }

    /// The cash to take at hand-over.
    pub fn cash(&self) -> Money {
        self.cash_on_delivery
    }

    /// What leaving it out costs, when it is optional.
    pub fn prize(&self) -> Option<Money> {
        self.prize
    }

    /// The skills the courier must have.
    pub fn skills(&self) -> &[String] {
        &self.skills
    }

    /// The position it is locked to.
    pub fn position_lock(&self) -> Option<Position> {
        self.position
    }
}

//! One row of a sheet becomes one order.

use csv::StringRecord;

use crate::cold::{Doorstep, Product};
use crate::error::{Code, Fault};
use crate::format::names::{id_fault, set_station};
use crate::format::sheet::LONGEST_CELL;
use crate::format::sheet::cells;
use crate::format::sheet::columns::{Columns, Field};
use crate::format::{Calendar, Told};
use crate::place::{Datum, Point};
use crate::problem::{Call, Choice, HandOver, Kind, Order, Quantity, Stability, Urgent};
use crate::units::{Grams, Millilitres, Money, Seconds, Time, Window};

/// The largest mass in kilograms, volume in litres.
const LARGEST: f64 = 1e9;
/// The largest amount of money.
const DEAREST: f64 = 1e6;
/// The ends of an open window: a year either way, as far as a moment may lie from the plan's date.
const YEAR: i64 = 366 * 86_400;

/// A row being read, with its faults and notes so far.
pub(super) struct Row<'r> {
    columns: &'r Columns,
    record: &'r StringRecord,
    calendar: &'r Calendar,
    products: &'r [Product],
    datum: Datum,
    pub(super) faults: Vec<Fault>,
    pub(super) notes: Vec<String>,
}

fn in_seconds(minutes: f64) -> Seconds {
    Seconds::round(minutes * 60.0)
}

/// The id a record states.
pub(super) fn id_of<'r>(columns: &Columns, record: &'r StringRecord) -> &'r str {
    columns.of(Field::Id).and_then(|at| record.get(at)).unwrap_or_default().trim()
}

impl<'r> Row<'r> {
    pub(super) fn new(
        columns: &'r Columns,
        record: &'r StringRecord,
        (calendar, products): (&'r Calendar, &'r [Product]),
        datum: Datum,
    ) -> Self {
        Self { columns, record, calendar, products, datum, faults: Vec::new(), notes: Vec::new() }
    }

    /// The order of the row. It is good only when no fault was found.
    pub(super) fn order(&mut self, origin: String) -> Option<Order> {
        if !self.is_whole() {
            return None;
        }
        let id = self.id();
        self.datum = self.take(Field::Datum, cells::datum).unwrap_or(self.datum);
        let kind = self.take(Field::Kind, cells::kind).unwrap_or(Kind::Deliver);
        let choice = self.choice(kind);
        let quantity = self.quantity();
        let (id, choice) = (id?, choice?);
        let mut order = match kind {
            Kind::Collect => Order::collect(id, choice.call.clone()),
            Kind::Serve => Order::serve(id, choice.call.clone()),
            Kind::Deliver | Kind::Ship => Order::deliver(id, choice.call.clone()),
        };
        order.kind = kind;
        order = order.options(vec![choice]).quantity(quantity).origin(origin);
        self.extras(&mut order);
        self.texts(&mut order);
        Some(order)
    }

    /// True when the row has the header's shape and its cells are fit to be read.
    fn is_whole(&mut self) -> bool {
        let (due, there) = (self.columns.len(), self.record.len());
        let spare = self.record.iter().skip(due).any(|cell| !cell.trim().is_empty());
        if there < due || spare {
            let fault = Fault::new(Code::RaggedRow, format!("{due} cells, as the header has"));
            self.faults.push(fault.value(there));
            return false;
        }
        for (cell, header) in self.record.iter().zip(&self.columns.headers) {
            let bad = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
            let fault = if cell.len() > LONGEST_CELL {
                Fault::new(Code::TooLarge, format!("a cell of at most {LONGEST_CELL} bytes"))
            } else if cell.contains(bad) {
                Fault::new(Code::Encoding, "text without control characters")
            } else {
                continue;
            };
            self.faults.push(fault.field(header.as_str()).value(cell));
        }
        self.faults.is_empty()
    }

    /// The cell of a field, without the space around it; nothing when it is empty.
    fn cell(&self, field: Field) -> Option<&'r str> {
        let cell = self.record.get(self.columns.of(field)?)?.trim();
        (!cell.is_empty()).then_some(cell)
    }

    fn text(&self, field: Field) -> String {
        self.cell(field).unwrap_or_default().to_owned()
    }

    /// Reports a fault of a field, under the name its column has in the sheet.
    fn fault(&mut self, field: Field, fault: Fault) {
        let header = self.columns.of(field).and_then(|at| self.columns.headers.get(at));
        let name = header.cloned().unwrap_or_else(|| format!("{field:?}").to_lowercase());
        let fault = fault.field(name);
        self.faults.push(match self.cell(field) {
            Some(cell) => fault.value(cell),
            None => fault,
        });
    }

    /// What the cell of a field says; nothing when it is empty or wrong.
    fn take<T>(&mut self, field: Field, read: impl FnOnce(&str) -> Told<T>) -> Option<T> {
        let cell = self.cell(field)?;
        read(cell).map_err(|fault| self.fault(field, *fault)).ok()
    }

    fn amount(&mut self, field: Field, high: f64, what: &str) -> Option<f64> {
        self.take(field, |text| cells::number(text, (0.0, high), what))
    }

    fn time(&mut self, field: Field) -> Option<Time> {
        let calendar = self.calendar;
        self.take(field, |text| calendar.told_moment(text))
    }

    fn id(&mut self) -> Option<String> {
        let id = id_of(self.columns, self.record);
        let cut = cells::scientific(id).is_some_and(|(kept, due)| kept.len() < due);
        let expected = if cut {
            Some("the id in full; the sheet turned it into a number and cut its digits")
        } else {
            id_fault(id)
        };
        if let Some(expected) = expected {
            self.fault(Field::Id, Fault::new(Code::BadId, expected));
            return None;
        }
        Some(id.to_owned())
    }

    /// The point of two columns; `due` says that there must be one.
    fn point(&mut self, lat: Field, lon: Field, due: bool) -> Option<Point> {
        let before = self.faults.len();
        for field in [lat, lon] {
            let half = self.cell(lat).is_some() || self.cell(lon).is_some();
            if (due || half) && self.cell(field).is_none() {
                self.fault(field, Fault::new(Code::MissingField, "decimal degrees"));
            }
        }
        let north = self.take(lat, |text| cells::number(text, (-90.0, 90.0), "decimal degrees"));
        let east = self.take(lon, |text| cells::number(text, (-180.0, 180.0), "decimal degrees"));
        let (north, east) = north.zip(east).filter(|_| self.faults.len() == before)?;
        if north.abs() < 1e-9 && east.abs() < 1e-9 {
            let expected = "a place on land (0, 0 usually is a failed geocoding)";
            self.fault(lat, Fault::new(Code::BadPoint, expected));
            return None;
        }
        Some(Point::from_datum(north, east, self.datum))
    }

    fn choice(&mut self, kind: Kind) -> Option<Choice> {
        let point = self.point(Field::Lat, Field::Lon, true);
        let from = self.point(Field::FromLat, Field::FromLon, kind == Kind::Ship);
        if from.is_some() && kind != Kind::Ship {
            let expected = "nothing, as only a shipment is fetched elsewhere";
            self.fault(Field::FromLat, Fault::new(Code::Contradiction, expected));
        }
        let hand_over = self.take(Field::HandOver, cells::hand_over).unwrap_or(HandOver::Home);
        let service = self.amount(Field::Service, 527_040.0, "minutes");
        let price = self.amount(Field::Price, DEAREST, "an amount").unwrap_or(0.0);
        let windows = self.windows();
        let at = |point: Point| match service {
            Some(minutes) => Call::at(point).service(Seconds::round(minutes * 60.0)),
            None => Call::at(point),
        };
        let doorstep = self.doorstep();
        let call = windows.into_iter().fold(at(point?), Call::window);
        let call = doorstep.into_iter().fold(call, Call::doorstep);
        let mut choice = Choice::call(hand_over, call).price(Money::units(price));
        choice.pickup = from.filter(|_| kind == Kind::Ship).map(at);
        Some(choice)
    }

    /// The windows of one cell, or the one between two columns.
    fn windows(&mut self) -> Vec<Window> {
        let calendar = self.calendar;
        let listed = self.take(Field::Windows, |text| cells::windows(text, calendar));
        let (open, close) = (self.time(Field::Open), self.time(Field::Close));
        if open.is_none() && close.is_none() {
            return listed.unwrap_or_default();
        }
        if self.cell(Field::Windows).is_some() {
            let expected = "nothing, as an earliest or latest time is given too";
            self.fault(Field::Windows, Fault::new(Code::Contradiction, expected));
        }
        let (open, close) = (open.unwrap_or(Time(-YEAR)), close.unwrap_or(Time(YEAR)));
        let window = Window::new(open, close);
        if window.is_none() {
            let expected = format!("a time not before {open}, when the window opens");
            self.fault(Field::Close, Fault::new(Code::UpsideDown, expected));
        }
        window.into_iter().collect()
    }

    fn quantity(&mut self) -> Quantity {
        let masses = [
            (Field::MassKilograms, 1.0, "kilograms"),
            (Field::MassGrams, 0.001, "grams"),
            (Field::MassJin, 0.5, "斤"),
        ];
        let volumes = [
            (Field::VolumeLitres, 1.0, "litres"),
            (Field::VolumeCubicMetres, 1000.0, "cubic metres"),
        ];
        let what = "number of parcels";
        let pieces = self.take(Field::Pieces, |text| cells::whole(text, (0.0, 1e12), what));
        Quantity::pieces(pieces.unwrap_or(1))
            .mass(Grams::kilograms(self.measure(&masses)))
            .volume(Millilitres::litres(self.measure(&volumes)))
    }

    /// The one of several columns for a quantity that is filled, in the first one's unit.
    fn measure(&mut self, columns: &[(Field, f64, &str)]) -> f64 {
        let mut found = None;
        for &(field, factor, unit) in columns {
            let Some(value) = self.amount(field, LARGEST, unit) else { continue };
            if found.replace(value * factor).is_some() {
                let expected = "nothing, as another column gives it in another unit";
                self.fault(field, Fault::new(Code::Contradiction, expected));
            }
        }
        found.unwrap_or(0.0)
    }

    fn extras(&mut self, order: &mut Order) {
        order.tier = self.take(Field::Tier, cells::tier).unwrap_or_default();
        order.class = self.take(Field::Class, cells::class).flatten();
        order.stability = self.stability();
        order.take_class_of(self.products);
        self.faults.extend(order.product_faults(self.products, ""));
        order.urgent = self.promise();
        self.faults.extend(order.promise_faults(""));
        order.consent = self.take(Field::Consent, cells::consent).unwrap_or(false);
        order.skills = self.cell(Field::Skills).map(cells::words).unwrap_or_default();
        order.ready_at = self.time(Field::ReadyAt);
        order.due_back = self.time(Field::DueBack);
        order.truck = self.cell(Field::Truck).map(str::to_owned);
        set_station(order, self.cell(Field::Station).map(str::to_owned));
        order.vehicle = self.cell(Field::Vehicle).map(str::to_owned);
        order.position = self.take(Field::Position, cells::position);
        order.prize = self.amount(Field::Prize, DEAREST, "an amount").map(Money::units);
        let cash = self.amount(Field::Cash, DEAREST, "an amount");
        order.cash_on_delivery = Money::units(cash.unwrap_or(0.0));
    }

    /// What the goods are; what is wrong with a code is the day's to say.
    fn stability(&mut self) -> Stability {
        let out_before = self.amount(Field::OutBefore, 5_259_600.0, "minutes");
        Stability {
            product: self.cell(Field::Product).map(str::to_owned),
            batch: self.text(Field::Batch),
            document: self.cell(Field::Document).map(str::to_owned),
            budget: self.cell(Field::Budget).map(str::to_owned),
            out_before: out_before.map_or(Seconds::ZERO, in_seconds),
        }
    }

    /// The promise from order to hand; its length and the picking time need the moment of the order.
    fn promise(&mut self) -> Option<Urgent> {
        let ordered_at = self.time(Field::OrderedAt);
        let within = self.amount(Field::Within, 1440.0, "minutes");
        let picking = self.amount(Field::Picking, 1440.0, "minutes");
        if self.cell(Field::OrderedAt).is_none() {
            for field in [Field::Within, Field::Picking] {
                if self.cell(field).is_some() {
                    let expected = "nothing, as it is not said when the order was placed";
                    self.fault(field, Fault::new(Code::Contradiction, expected));
                }
            }
        }
        let usual = Urgent::half_an_hour(ordered_at?);
        Some(Urgent {
            within: within.map_or(usual.within, in_seconds),
            picking: picking.map_or(usual.picking, in_seconds),
            ..usual
        })
    }

    /// The way from the box to the hand, where a column says how long the walk is.
    fn doorstep(&mut self) -> Option<Doorstep> {
        let walk = self.amount(Field::Walk, 1440.0, "minutes");
        let hand_over = self.amount(Field::HandingOver, 1440.0, "minutes");
        let pouch = self.take(Field::Pouch, cells::consent);
        if self.cell(Field::Walk).is_none() {
            for field in [Field::HandingOver, Field::Pouch] {
                if self.cell(field).is_some() {
                    let expected = "nothing, as it is not said how long the walk is";
                    self.fault(field, Fault::new(Code::Contradiction, expected));
                }
            }
        }
        Some(Doorstep {
            walk: in_seconds(walk?),
            hand_over: hand_over.map_or(Seconds::minutes(1), in_seconds),
            pouch: pouch.unwrap_or(false),
        })
    }

    fn texts(&mut self, order: &mut Order) {
        order.name = self.text(Field::Name);
        order.village = self.text(Field::Village);
        order.note = self.text(Field::Note);
        if let Some(address) = self.cell(Field::Address) {
            if order.village.is_empty() {
                address.clone_into(&mut order.village);
            } else if order.note.is_empty() {
                address.clone_into(&mut order.note);
            } else {
                order.note = format!("{address}; {}", order.note);
            }
        }
        if let Some((phone, repaired)) = self.take(Field::Phone, cells::phone) {
            if repaired {
                self.notes.push("the phone number was stored as a float and is restored".into());
            }
            order.phone = phone;
        }
    }
}

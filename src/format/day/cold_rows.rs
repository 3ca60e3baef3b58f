//! The rows of a day file about products and cooled compartments, and what they state.

use jiff::civil::Date;
use schemars::JsonSchema;

use crate::cold::{AtpClass, Compartment, Door, Freezing, OutBudget, Product, ShelfLife, Status};
use crate::format::day::measures::{
    Celsius, Hours, Kelvins, Litres, Minutes, Plateau, Positive, Secs,
};
use crate::format::day::rows::{BandRow, Placed, rows};
use crate::format::day::shapes::{AtpShape, FreezingShape, StatusShape};
use crate::format::json::Node;
use crate::format::reader::{FromNode, Reader, Spot};
use crate::problem::{BoxPapers, CompartmentGoods, CompartmentUse};
use crate::units::{Millilitres, Seconds};

rows! {
    /// What a product tolerates, from its label and its manufacturer's documents.
    struct ProductRow {
        /// The code orders name it by; not one of a built-in product.
        code: String,
        /// Its name; the code if absent.
        name: Option<String>,
        /// The code of its product class.
        class: String,
        /// What freezing does to it; "discard" if absent.
        #[schemars(with = "Option<FreezingShape>")]
        freezing: Option<Freezing>,
        /// How long it may be out of its class, in all.
        #[schemars(default)]
        budgets: Vec<BudgetRow>,
        /// Its set of alarm rules, as `who_type_1`; those of its class alone if absent.
        alarms: Option<String>,
        /// Activation energy for the mean kinetic temperature; 83.144 if absent.
        kinetic_kj_per_mol: Option<Positive>,
        /// The category of the monitor on its vials, as `VVM7`; none if absent.
        vial_monitor: Option<String>,
        /// Its life as produce at one temperature; not known if absent.
        shelf_life: Option<ShelfLifeRow>,
        /// How this came to be known; "declared" if absent.
        #[schemars(with = "Option<StatusShape>")]
        status: Option<Status>,
        /// Where it comes from.
        source: String,
    }

    /// How long produce lasts.
    struct ShelfLifeRow {
        /// Its life.
        days: Positive,
        /// The temperature it has that life at.
        at_c: Celsius,
    }

    /// Time out of its class that a manufacturer may allow; it counts for orders that name a document.
    struct BudgetRow {
        /// The name orders choose it by.
        name: String,
        /// The warmest air it covers.
        highest_c: Celsius,
        /// How long in all, over the product's life.
        minutes: Minutes,
        /// The first use starts a new expiry; false if absent.
        starts_clock: Option<bool>,
        /// It may go back into refrigeration; false if absent.
        may_return: Option<bool>,
    }

    /// A compartment with a unit that cools or heats.
    struct CompartmentRow {
        /// Its ATP class.
        #[schemars(with = "AtpShape")]
        atp: AtpClass,
        /// What it is kept at.
        set_c: Celsius,
        /// Surface of its walls, m2.
        walls_m2: Positive,
        /// Wall coefficient K, W/(m2 K).
        k_w_per_m2_k: Positive,
        /// Air inside, m3.
        air_m3: Positive,
        /// Surface of its door, m2.
        door_m2: Positive,
        /// Height of its door, m.
        door_height_m: Positive,
        /// Heat its unit can move, W.
        unit_w: Positive,
        /// Heat moved for each electric joule; 1.5 if absent.
        cop: Option<Positive>,
        /// How often its door is opened in an hour at the most, beside the openings for its goods; if absent
        /// 6, or 0 where it has goods.
        openings_per_h: Option<Positive>,
        /// How long each time; 60 if absent.
        open_s: Option<Secs>,
        /// The goods that ride in it; if absent it only draws energy.
        goods: Option<CompartmentGoodsRow>,
    }

    /// What is written down of one box for the day.
    struct PapersRow {
        /// The number of its seal.
        seal: Option<String>,
        /// The id of its logger.
        logger: Option<String>,
        /// The last date on which the logger's calibration holds; not before the plan's.
        #[schemars(with = "Option<String>")]
        calibration_due: Option<Date>,
        /// Where in the box the logger lies.
        position: Option<String>,
        /// The number of the report that qualifies the box for its packing.
        report: Option<String>,
    }

    /// A box without coolant, or goods in none: they drift towards the air.
    struct WallsRow {
        /// The name.
        name: String,
        /// Heat that flows between air and goods, W/K.
        ua_w_per_k: Positive,
        /// Heat capacity of the least payload it is used with, J/K.
        payload_j_per_k: Positive,
        /// What goods have when they are packed or put in.
        packed_c: Plateau,
        /// Additional heat flow while the lid is open, W/K; 0, as of goods without a box, if absent.
        lid_w_per_k: Option<Positive>,
        /// How long one opening lasts; 60 if absent.
        opening_s: Option<Secs>,
        /// Room for payload.
        volume_l: Litres,
        /// The longest hold the qualification covers.
        hold_max_h: Option<Hours>,
        /// The ambient temperatures the qualification covers.
        qualified: Option<BandRow>,
        /// How the numbers came to be known; "declared" if absent.
        #[schemars(with = "Option<StatusShape>")]
        status: Option<Status>,
        /// Where they come from.
        source: String,
    }

    /// Goods of one class in a compartment.
    struct CompartmentGoodsRow {
        /// The code of their class, as `ATP_DAIRY`.
        class: String,
        /// Room for them.
        volume_l: Litres,
        /// Time constant of the parcel that follows the air soonest.
        lag_min: Minutes,
        /// How far the air may be from the set-point while the door is closed; 2 if absent.
        band_k: Option<Kelvins>,
        /// Its logger and its qualification.
        papers: Option<PapersRow>,
        /// How these numbers came to be known; "declared" if absent.
        #[schemars(with = "Option<StatusShape>")]
        status: Option<Status>,
        /// Where they come from.
        source: String,
    }
}

impl PapersRow {
    pub(super) fn papers(self) -> BoxPapers {
        BoxPapers {
            seal: self.seal.unwrap_or_default(),
            logger: self.logger.unwrap_or_default(),
            calibration_due: self.calibration_due.map(|date| date.to_string()).unwrap_or_default(),
            position: self.position.unwrap_or_default(),
            report: self.report.unwrap_or_default(),
        }
    }
}

impl ProductRow {
    pub(super) fn product(self) -> Product {
        let budget = |row: BudgetRow| OutBudget {
            name: row.name,
            highest_c: row.highest_c.0,
            minutes: Seconds::round(60.0 * row.minutes.0).0 / 60,
            document: None,
            starts_clock: row.starts_clock.unwrap_or(false),
            may_return: row.may_return.unwrap_or(false),
        };
        let life = |life: ShelfLifeRow| ShelfLife { days: life.days.0, at_c: life.at_c.0 };
        Product {
            name: self.name.unwrap_or_else(|| self.code.clone()),
            code: self.code,
            class: self.class,
            freezing: self.freezing.unwrap_or(Freezing::Discard),
            budgets: self.budgets.into_iter().map(budget).collect(),
            alarms: self.alarms.unwrap_or_default(),
            kinetic_kj_per_mol: self.kinetic_kj_per_mol.map(|energy| energy.0),
            vial_monitor: self.vial_monitor.unwrap_or_default(),
            shelf_life: self.shelf_life.map(life),
            status: self.status.unwrap_or(Status::Declared),
            source: self.source,
        }
    }
}

impl CompartmentRow {
    pub(super) fn used(self) -> CompartmentUse {
        let body = Compartment {
            m2: self.walls_m2.0,
            k_w_per_m2_k: self.k_w_per_m2_k.0,
            m3: self.air_m3.0,
            door: Door { m2: self.door_m2.0, height_m: self.door_height_m.0 },
            set_c: self.set_c.0,
            unit_w: self.unit_w.0,
            cop: self.cop.map_or(1.5, |cop| cop.0),
        };
        let usual = CompartmentUse::new(body, self.atp);
        let goods = |row: CompartmentGoodsRow| {
            let lag = Seconds::round(60.0 * row.lag_min.0);
            let usual = CompartmentGoods::new(row.class, Millilitres::litres(row.volume_l.0), lag);
            CompartmentGoods {
                band_k: row.band_k.map_or(usual.band_k, |band| band.0),
                papers: row.papers.map(PapersRow::papers),
                status: row.status.unwrap_or(usual.status),
                source: row.source,
                ..usual
            }
        };
        let usual = self.goods.map(goods).into_iter().fold(usual, CompartmentUse::carries);
        CompartmentUse {
            openings_per_h: self.openings_per_h.map_or(usual.openings_per_h, |count| count.0),
            open: self.open_s.map_or(usual.open, |open| Seconds::round(open.0)),
            ..usual
        }
    }
}

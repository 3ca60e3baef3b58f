//! Turns the rows of cold boxes into the day's own types.

use crate::cold::{Ambient, Conditioning, Means, PackOut, Status};
use crate::error::Code;
use crate::format::day::cold_rows::{PapersRow, WallsRow};
use crate::format::day::convert::{Converter, hours};
use crate::format::day::rows::{BandRow, BoxRow, PackOutRow};
use crate::format::day::shapes::{Conditioned, ConditioningShape, PackOutShape};
use crate::format::reader::Spot;
use crate::problem::ColdBox;
use crate::units::{MilliCelsius, Millilitres, Seconds};

impl Converter<'_, '_> {
    pub(super) fn cold_box(&mut self, row: BoxRow) -> Option<ColdBox> {
        self.class(&row.spot, &row.class);
        let pack_out = match row.pack_out {
            PackOutShape::Name(name) => PackOut::by_name(&name)?,
            PackOutShape::Inline(row) => self.pack_out(*row),
            PackOutShape::Walls(row) => self.walls(*row),
        };
        let has_coolant = pack_out.means == Means::Coolant;
        let conditioning = match &row.conditioning {
            None if has_coolant => {
                let expected = "how its coolant is conditioned, as \"auto\"";
                self.report(&row.spot, "conditioning", Code::MissingField, expected);
                return None;
            }
            Some(_) if !has_coolant => {
                let expected = "no conditioning, as there is no coolant";
                self.report(&row.spot, "conditioning", Code::Contradiction, expected);
                return None;
            }
            Some(ConditioningShape::Name(Conditioned::Frozen)) => Conditioning::Frozen,
            Some(ConditioningShape::Name(Conditioned::Liquid)) => Conditioning::Liquid,
            Some(ConditioningShape::Share(row)) => Conditioning::Melted(row.melted.0),
            // What the weather makes of it is the day's to say.
            Some(ConditioningShape::Name(Conditioned::Auto | Conditioned::Half)) | None => {
                Conditioning::Half
            }
        };
        let count = row.count.map_or(1, |count| u32::try_from(count.0).unwrap_or(u32::MAX));
        let cold_box = match row.conditioning {
            Some(ConditioningShape::Name(Conditioned::Auto)) => ColdBox::auto(pack_out, row.class),
            _ => ColdBox::new(pack_out, row.class, conditioning),
        };
        let sets = row.sets.map(|sets| u32::try_from(sets.0).unwrap_or(u32::MAX));
        let cold_box = sets.into_iter().fold(cold_box.count(count), ColdBox::sets);
        if let Some(fault) = cold_box.sets_fault("") {
            self.reader.report_at(&row.spot, "sets", fault);
        }
        let papers = row.papers.into_iter().map(PapersRow::papers);
        let cold_box = papers.fold(cold_box, ColdBox::papers);
        let Some(open) = row.open_s.map(|s| Seconds::round(s.0)) else { return Some(cold_box) };
        let cold_box = cold_box.open_for(open);
        for fault in cold_box.pack_out().check().iter().filter(|one| one.field_name() == "opening")
        {
            self.reader.report_at(&row.spot, "open_s", fault.clone());
        }
        Some(cold_box)
    }

    fn pack_out(&mut self, row: PackOutRow) -> PackOut {
        let pack_out = PackOut {
            name: row.name,
            means: Means::Coolant,
            ua_w_per_k: row.ua_w_per_k.0,
            payload_offset: row.payload_offset.0,
            plateau_c: row.plateau_c.0,
            latent_j: row.latent_j.0,
            payload_j_per_k: row.payload_j_per_k.0,
            solid_j_per_k: row.solid_j_per_k.0,
            liquid_j_per_k: row.liquid_j_per_k.0,
            lid_w_per_k: row.lid_w_per_k.0,
            opening: row.opening_s.map_or(Seconds(60), |s| Seconds::round(s.0)),
            volume: Millilitres::litres(row.volume_l.0),
            hold_max: row.hold_max_h.map(|h| hours(h.0)),
            qualified: row.qualified.as_ref().map(ambient),
            status: row.status.unwrap_or(Status::Declared),
            source: row.source,
        };
        self.check_pack_out(&row.spot, &pack_out, "plateau_c");
        pack_out
    }

    /// A box without coolant.
    fn walls(&mut self, row: WallsRow) -> PackOut {
        let (ua, payload) = (row.ua_w_per_k.0, row.payload_j_per_k.0);
        let bare = PackOut::without_coolant(row.name, ua, payload, row.packed_c.0);
        let pack_out = PackOut {
            lid_w_per_k: row.lid_w_per_k.map_or(0.0, |lid| lid.0),
            opening: row.opening_s.map_or(Seconds(60), |s| Seconds::round(s.0)),
            volume: Millilitres::litres(row.volume_l.0),
            hold_max: row.hold_max_h.map(|h| hours(h.0)),
            qualified: row.qualified.as_ref().map(ambient),
            status: row.status.unwrap_or(Status::Declared),
            source: row.source,
            ..bare
        };
        self.check_pack_out(&row.spot, &pack_out, "packed_c");
        pack_out
    }

    /// Reports what cannot be of a pack-out; `kept_at` is the field its temperature has here.
    fn check_pack_out(&mut self, spot: &Spot, pack_out: &PackOut, kept_at: &str) {
        for fault in pack_out.check() {
            let field = match fault.field_name() {
                "plateau_c" => kept_at.to_owned(),
                other => other.to_owned(),
            };
            if !self.reader.is_told(spot, &field) {
                self.reader.report_at(spot, &field, fault);
            }
        }
    }
}

fn ambient(band: &BandRow) -> Ambient {
    let (low, high) = (MilliCelsius::celsius(band.low_c.0), MilliCelsius::celsius(band.high_c.0));
    Ambient { low, high }
}

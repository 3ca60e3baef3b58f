//! Which column of a sheet means what: headers in English and Chinese.

use crate::error::{Code, Fault};
use crate::format::names::{key, nearest};

/// What a column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Id,
    Kind,
    Tier,
    Class,
    Lat,
    Lon,
    Datum,
    FromLat,
    FromLon,
    HandOver,
    Pieces,
    MassKilograms,
    MassGrams,
    MassJin,
    VolumeLitres,
    VolumeCubicMetres,
    Windows,
    Open,
    Close,
    Service,
    Price,
    Prize,
    Name,
    Phone,
    Village,
    Address,
    Note,
    Cash,
    Consent,
    Skills,
    ReadyAt,
    DueBack,
    Truck,
    Station,
    Vehicle,
    Position,
    Product,
    Batch,
    Document,
    Budget,
    OutBefore,
    OrderedAt,
    Within,
    Picking,
    Walk,
    HandingOver,
    Pouch,
}

use Field as F;

/// Headers as [`key`] leaves them: lower case, narrow, only letters and digits. Brackets vanish, so
/// `重量（斤）` is found as `重量斤`.
const ALIASES: &[(Field, &[&str])] = &[
    (
        F::Id,
        &[
            "id",
            "orderid",
            "orderno",
            "ordernumber",
            "order",
            "waybill",
            "waybillno",
            "trackingnumber",
            "trackingno",
            "订单号",
            "订单编号",
            "运单号",
            "运单编号",
            "快递单号",
            "单号",
            "编号",
        ],
    ),
    (F::Kind, &["kind", "type", "ordertype", "typedpt", "类型", "业务类型", "任务类型"]),
    (F::Tier, &["tier", "priority", "promise", "优先级", "时效", "承诺时效"]),
    (
        F::Class,
        &[
            "class",
            "productclass",
            "temp",
            "tempclass",
            "temperature",
            "temperatureclass",
            "温层",
            "温区",
            "温度要求",
        ],
    ),
    (F::Lat, &["lat", "latitude", "latdeg", "纬度"]),
    (F::Lon, &["lon", "lng", "long", "longitude", "londeg", "经度"]),
    (F::Datum, &["datum", "coordtype", "coordsystem", "crs", "坐标系", "坐标类型"]),
    (
        F::FromLat,
        &["fromlat", "fromlatitude", "pickuplat", "pickuplatitude", "取件纬度", "发货纬度"],
    ),
    (
        F::FromLon,
        &[
            "fromlon",
            "fromlng",
            "fromlongitude",
            "pickuplon",
            "pickuplng",
            "pickuplongitude",
            "取件经度",
            "发货经度",
        ],
    ),
    (F::HandOver, &["handover", "交付方式", "派送方式"]),
    (F::Pieces, &["pieces", "parcels", "qty", "quantity", "件数", "数量"]),
    (
        F::MassKilograms,
        &[
            "masskg",
            "weightkg",
            "kg",
            "mass",
            "weight",
            "重量",
            "重量kg",
            "重量公斤",
            "重量千克",
            "公斤",
            "千克",
        ],
    ),
    (F::MassGrams, &["massg", "weightg", "重量g", "重量克", "克"]),
    (F::MassJin, &["jin", "weightjin", "重量斤", "斤"]),
    (
        F::VolumeLitres,
        &[
            "volumel",
            "volume",
            "volumelitres",
            "volumeliters",
            "litres",
            "体积",
            "体积l",
            "体积升",
            "升",
        ],
    ),
    (F::VolumeCubicMetres, &["volumem3", "volumecbm", "cbm", "体积m3", "体积立方米", "体积方"]),
    (
        F::Windows,
        &[
            "windows",
            "window",
            "timewindow",
            "timewindows",
            "送达时段",
            "预约时间",
            "预约时段",
            "时间窗",
            "配送时段",
        ],
    ),
    (
        F::Open,
        &[
            "open",
            "earliest",
            "timewindowfrom",
            "windowfrom",
            "windowopen",
            "最早",
            "最早时间",
            "最早送达",
        ],
    ),
    (
        F::Close,
        &[
            "close",
            "latest",
            "timewindowto",
            "windowto",
            "windowclose",
            "最晚",
            "最晚时间",
            "最晚送达",
        ],
    ),
    (
        F::Service,
        &[
            "servicemin",
            "service",
            "timeatstop",
            "timeatstopmin",
            "duration",
            "durationmin",
            "停留时间",
            "停留分钟",
            "服务时长",
            "服务时长分钟",
        ],
    ),
    (F::Price, &["price", "optionprice", "加价"]),
    (F::Prize, &["prize"]),
    (
        F::Name,
        &[
            "name",
            "recipient",
            "contact",
            "customer",
            "收件人",
            "收货人",
            "姓名",
            "收件人姓名",
            "联系人",
        ],
    ),
    (
        F::Phone,
        &[
            "phone",
            "mobile",
            "phonenumber",
            "tel",
            "telephone",
            "收件人手机",
            "收件人电话",
            "手机号",
            "手机",
            "手机号码",
            "联系电话",
            "电话",
            "收货人电话",
        ],
    ),
    (F::Village, &["village", "town", "township", "村", "村庄", "乡镇", "站点", "镇"]),
    (F::Address, &["address", "landmark", "收货地址", "收件地址", "详细地址", "地址", "地标"]),
    (F::Note, &["note", "notes", "remark", "remarks", "comment", "备注", "说明"]),
    (F::Cash, &["cod", "codamount", "cashondelivery", "代收货款", "到付", "代收款"]),
    (F::Consent, &["consent", "pickupconsent", "同意代收", "可代收"]),
    (F::Skills, &["skills", "skill", "技能"]),
    (F::ReadyAt, &["readyat", "ready", "到站时间"]),
    (F::DueBack, &["dueback", "due", "回站时间"]),
    (F::Truck, &["truck", "linehaul", "班车", "干线车次"]),
    (F::Station, &["station", "stationid", "depot", "站"]),
    (F::Vehicle, &["vehicle", "vehicleid", "courier", "车辆", "快递员"]),
    (F::Position, &["position", "位置"]),
    (F::Product, &["product", "productcode", "品种", "药品编码"]),
    (F::Batch, &["batch", "batchno", "lot", "批号"]),
    (F::Document, &["document", "documentid", "文件号", "依据文件"]),
    (F::Budget, &["budget", "离冷藏预算"]),
    (F::OutBefore, &["outbeforemin", "torusedmin", "已离冷藏分钟"]),
    (F::OrderedAt, &["orderedat", "urgent", "下单时间", "急送下单时间"]),
    (F::Within, &["withinmin", "urgentwithinmin", "急送时限分钟"]),
    (F::Picking, &["pickingmin", "拣货分钟"]),
    (F::Walk, &["walkmin", "doorstepwalkmin", "步行分钟"]),
    (F::HandingOver, &["handovermin", "doorstephandovermin", "交接分钟"]),
    (F::Pouch, &["pouch", "doorsteppouch", "保温袋"]),
];

/// What a header means.
pub(super) fn meaning(header: &str) -> Option<Field> {
    let key = key(header);
    let found = ALIASES.iter().find(|(_, names)| names.contains(&key.as_str()));
    found.map(|(field, _)| *field)
}

/// The header of a sheet, understood.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// What each column means, in the sheet's order; nothing for an unknown one.
    meanings: Vec<Option<Field>>,
    /// The headers as written.
    pub(super) headers: Vec<String>,
}

impl Columns {
    /// How many cells a header row would understand.
    pub(super) fn score<'c>(cells: impl IntoIterator<Item = &'c str>) -> usize {
        let mut found: Vec<Field> = cells.into_iter().filter_map(meaning).collect();
        found.sort_unstable();
        found.dedup();
        found.len()
    }

    /// Understands a header row; `notes` gets a line for each column left out.
    pub(super) fn read(
        cells: Vec<String>,
        place: &str,
        notes: &mut Vec<String>,
    ) -> Result<Self, Vec<Fault>> {
        let meanings: Vec<Option<Field>> = cells.iter().map(|cell| meaning(cell)).collect();
        let columns = Self { meanings, headers: cells };
        let mut faults = Vec::new();
        for (field, name) in [(F::Id, "id"), (F::Lat, "lat"), (F::Lon, "lon")] {
            if columns.of(field).is_none() {
                let expected = "this column to be there; only id, lat and lon have to be";
                faults.push(Fault::new(Code::MissingField, expected).place(place).field(name));
            }
        }
        for (index, (header, meaning)) in columns.headers.iter().zip(&columns.meanings).enumerate()
        {
            let same = |other: &(usize, &String)| {
                key(other.1) == key(header)
                    || meaning.is_some() && columns.meanings.get(other.0) == Some(meaning)
            };
            let earlier = columns.headers.iter().enumerate().take(index);
            if let Some((_, first)) = earlier.into_iter().find(same).filter(|_| !header.is_empty())
            {
                let expected = format!("one column of this meaning; there already is \"{first}\"");
                let fault = Fault::new(Code::DoubleField, expected);
                faults.push(fault.place(place).field(header.as_str()).value(header));
            } else if meaning.is_none() && !header.is_empty() {
                notes.push(unknown(header));
            }
        }
        if faults.is_empty() { Ok(columns) } else { Err(faults) }
    }

    /// The index of the column that means this.
    pub(super) fn of(&self, field: Field) -> Option<usize> {
        self.meanings.iter().position(|meaning| *meaning == Some(field))
    }

    /// How many columns there are.
    pub(super) fn len(&self) -> usize {
        self.headers.len()
    }
}

/// The note on a column that means nothing to us.
fn unknown(header: &str) -> String {
    let shown: String = header.chars().take(40).flat_map(char::escape_debug).collect();
    let known = ALIASES.iter().flat_map(|(_, names)| names.iter().copied());
    match nearest(&key(header), known) {
        Some(near) => {
            format!("column \"{shown}\" is not used; the nearest known one is \"{near}\"")
        }
        None => format!("column \"{shown}\" is not used"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alias_is_in_its_reduced_form_and_means_one_thing() {
        let mut all: Vec<&str> =
            ALIASES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        assert!(all.iter().all(|name| key(name) == *name));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn headers_are_found_whatever_their_case_width_and_unit_brackets() {
        assert_eq!(meaning("Order No."), Some(Field::Id));
        assert_eq!(meaning(" 重量（斤） "), Some(Field::MassJin));
        assert_eq!(meaning("ＬＡＴ"), Some(Field::Lat));
        assert_eq!(meaning("service_min"), Some(Field::Service));
        assert_eq!(meaning("colour"), None);
    }
}

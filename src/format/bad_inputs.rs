//! Every bad sheet and day file we could think of, with the fault it must give, and proof that no
//! bytes make a reader panic.

use proptest::prelude::*;

use crate::error::{Code, Fault};
use crate::format::{Calendar, Day, Orders, day};
use crate::place::{Datum, Point};
use crate::problem::Travel;
use crate::road::TravelMatrix;
use crate::units::{Leg, Metres, Seconds};

const GOOD_DAY: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/huatugou/day.json"));

fn sheet(bytes: &[u8]) -> crate::Result<Orders> {
    Orders::parse("orders.csv", bytes, Datum::Wgs84, &Calendar::default())
}

fn named(fault: &Fault) -> (Code, &str, &str) {
    (fault.code(), fault.place_name(), fault.field_name())
}

/// The whole sheet is refused for one reason.
fn refused(bytes: &[u8], code: Code, place: &str) {
    let error = sheet(bytes).unwrap_err();
    let fault = &error.faults()[0];
    assert_eq!((fault.code(), fault.place_name()), (code, place), "{error}");
    assert_eq!((fault.file_name(), error.exit_code()), ("orders.csv", 3));
}

/// One row, between two good ones, is refused for one reason, and costs the others nothing.
fn row(header: &str, cells: &str, code: Code, field: &str) {
    let good = |id: &str| format!("{id},38.2,90.8{}", ",".repeat(header.matches(',').count() - 2));
    let text = format!("{header}\n{}\n{cells}\n{}\n", good("first"), good("last"));
    let read = sheet(text.as_bytes()).unwrap();
    let found: Vec<_> = read.rejected().iter().map(named).collect();
    assert_eq!(found, [(code, "line 3", field)], "{cells}: {:?}", read.rejected());
    assert_eq!(read.orders().len(), 2);
    assert!(read.all_or_error().is_err());
}

/// Everything in the sheet is good.
fn fine(text: &str, orders: usize) -> Orders {
    let read = sheet(text.as_bytes()).unwrap();
    assert!(read.rejected().is_empty(), "{:?}", read.rejected());
    assert_eq!(read.orders().len(), orders);
    read
}

#[test]
fn sheets_that_are_refused_as_a_whole() {
    refused(b"", Code::Empty, "");
    refused(b" \r\n\n", Code::Empty, "");
    refused(b"id,lat\n1,38\n", Code::MissingField, "line 1");
    refused(b"id,lat,lon,lat\n1,38,90,38\n", Code::DoubleField, "line 1");
    refused("id,lat,lon,纬度\n1,38,90,38\n".as_bytes(), Code::DoubleField, "line 1");
    refused(b"id,lat,lon,name\n1,38,90,a\n2,38,90,\"b\n3,38,90,c\n", Code::CutOff, "line 3");
    refused(b"\xff\xfei\0d\0", Code::Encoding, "");
    refused(b"i\0d\0,\0l\0", Code::Encoding, "");
    refused(b"id,lat,lon\n1,38,90\n\x81\xff", Code::Encoding, "line 3, byte 19 of the file");
    for text in ["PK\u{3}\u{4}xl/workbook", "{\"orders\": []}", "<html><table>", "%PDF-1.7"] {
        refused(text.as_bytes(), Code::WrongKind, "");
    }
    refused("名称\n某人\n".as_bytes(), Code::MissingField, "line 1");
}

#[test]
fn a_missing_column_is_named_once() {
    let error = sheet(b"order no,weight\n1,2\n2,3\n").unwrap_err();
    let found: Vec<_> = error.faults().iter().map(Fault::field_name).collect();
    assert_eq!(found, ["lat", "lon"]);
}

#[test]
fn sheets_that_are_fine() {
    fine("id,lat,lon\n", 0);
    let plain = fine("id,lat,lon,name\n7,38.2,90.8,Li\n007,38.2,90.8,Wu\n", 2);
    let turned = fine("name,lon,id,lat\nLi,90.8,7,38.2\nWu,90.8,007,38.2\n", 2);
    assert_eq!(plain.orders(), turned.orders());
    let marked = fine("\u{feff}id,lat,lon,name\r\n7,38.2,90.8,Li\r\n007,38.2,90.8,Wu", 2);
    assert_eq!(plain.orders(), marked.orders());
    let semicolons = fine("id;lat;lon;name\n7;38.2;90.8;Li\n007;38.2;90.8;Wu\n", 2);
    assert_eq!(plain.orders(), semicolons.orders());
    fine("id\tlat\tlon\n7\t38.2\t90.8\n", 1);
    let titled =
        "八月派件表,,\n,,\n单号,纬度,经度\n7,38.2,90.8\n,,\n合计,1,\n".replace("合计,1", "合计,");
    let titled = fine(&titled, 1);
    assert_eq!(titled.notes(), ["line 6 holds totals and is passed over"]);
    assert_eq!(titled.orders()[0].origin, "orders.csv: line 4");
}

#[test]
fn unknown_columns_are_named_and_passed_over() {
    let read = fine("id,lat,lon,colour,phones\n7,38.2,90.8,red,1\n", 1);
    assert_eq!(read.notes().len(), 2);
    assert!(read.notes()[1].contains("nearest known one is \"phone\""), "{:?}", read.notes());
}

#[test]
fn quoted_cells_are_kept_exactly() {
    let read = fine("id,lat,lon,note\n7,38.2,90.8,\"a, \"\"b\"\"\nc\"\n8,38.2,90.8,=1+1\n", 2);
    assert_eq!(read.orders()[0].note, "a, \"b\"\nc");
    assert_eq!(
        (&*read.orders()[1].note, &*read.orders()[1].origin),
        ("=1+1", "orders.csv: line 4")
    );
}

#[test]
fn chinese_sheets_in_gb18030_are_read() {
    let text = "运单号,类型,纬度,经度,重量（斤）,温层,收件人,收件人手机,同意代收,送达时段\n\
                SF１,派件,３８．２,90.8,５,冷藏,李雷,1.3812345678E+10,是,09:00-12:00；14:30-18:00\n";
    let (bytes, _, lost) = encoding_rs::GB18030.encode(text);
    assert!(!lost);
    let read = sheet(&bytes).unwrap();
    let order = &read.clone().all_or_error().unwrap()[0];
    assert_eq!((order.quantity.mass.0, order.class.as_deref()), (2500, Some("CN_COLD_2_8")));
    assert_eq!((&*order.phone, order.consent, &*order.name), ("13812345678", true, "李雷"));
    assert_eq!(order.choices[0].call.windows.len(), 2);
    assert_eq!(read.notes().len(), 1);
}

#[test]
fn rows_of_the_wrong_shape_or_content() {
    row("id,lat,lon", "a,38", Code::RaggedRow, "");
    row("id,lat,lon", "a,38,90,5", Code::RaggedRow, "");
    row("id,lat,lon,note", "a,38,90,b\u{0}c", Code::Encoding, "note");
    row("id,lat,lon,note", "a,38,90,\u{1b}[31m", Code::Encoding, "note");
    row("id,lat,lon,note", &format!("a,38,90,{}", "x".repeat(70_000)), Code::TooLarge, "note");
}

#[test]
fn bad_ids() {
    row("id,lat,lon", ",38,90", Code::BadId, "id");
    row("id,lat,lon", "a/b,38,90", Code::BadId, "id");
    row("id,lat,lon", "..,38,90", Code::BadId, "id");
    row("id,lat,lon", "4.6E+12,38,90", Code::BadId, "id");
    row("id,lat,lon", "first,38,90", Code::DoubleId, "id");
    let read = sheet(b"id,lat,lon\na,38,90\na,38,90\n").unwrap();
    assert!(read.rejected()[0].to_string().contains("also on line 2"));
    let read = sheet(b"id,lat,lon\n\"a\nb\",38,90\n").unwrap();
    assert_eq!(read.rejected()[0].code(), Code::BadId);
}

#[test]
fn bad_coordinates() {
    for (lat, code) in [
        ("91", Code::OutOfRange),
        ("NaN", Code::WrongType),
        ("inf", Code::WrongType),
        ("", Code::MissingField),
        ("north", Code::WrongType),
        ("1e400", Code::OutOfRange),
        ("\"38,2\"", Code::WrongType),
        ("\"38°14'59\"\"N\"", Code::WrongType),
    ] {
        row("id,lat,lon", &format!("a,{lat},90"), code, "lat");
    }
    row("id,lat,lon", "a,38,181", Code::OutOfRange, "lon");
    row("id,lat,lon", "a,0,0", Code::BadPoint, "lat");
    fine("id,lat,lon\na,90,180\n", 1);
}

#[test]
fn bad_quantities() {
    for (mass, code) in [
        ("-1", Code::OutOfRange),
        ("heavy", Code::WrongType),
        ("5kg", Code::WrongType),
        ("1e12", Code::OutOfRange),
    ] {
        row("id,lat,lon,weight kg", &format!("a,38,90,{mass}"), code, "weight kg");
    }
    row("id,lat,lon,qty", "a,38,90,1.5", Code::WrongType, "qty");
    row("id,lat,lon,公斤,斤", "a,38,90,1,2", Code::Contradiction, "斤");
    fine("id,lat,lon,weight,qty\na,38,90,0,0\n", 1);
}

#[test]
fn bad_times_and_windows() {
    for (window, code) in [
        ("12:00-09:00", Code::UpsideDown),
        ("25:61-26:00", Code::BadTime),
        ("2026-02-30T08:00/2026-02-30T09:00", Code::BadTime),
        ("99999-01-01T08:00/99999-01-01T09:00", Code::BadTime),
        ("10/06/2024", Code::BadTime),
        ("morning", Code::BadTime),
    ] {
        row("id,lat,lon,window", &format!("a,38,90,{window}"), code, "window");
    }
    row("id,lat,lon,earliest,latest", "a,38,90,12:00,9:00", Code::UpsideDown, "latest");
    row("id,lat,lon,service_min", "a,38,90,-5", Code::OutOfRange, "service_min");
    fine("id,lat,lon,window\na,38,90,09:00-09:00\nb,38,90,02:00-03:00\n", 2);
}

#[test]
fn times_the_clocks_skip_or_repeat_are_refused() {
    let check = |date: &str, window: &str, bad: usize| {
        let day = Calendar::new(date, "Europe/Berlin").unwrap();
        let text = format!("id,lat,lon,window\na,52,13,{window}\n");
        let read = Orders::parse("orders.csv", text.as_bytes(), Datum::Wgs84, &day).unwrap();
        assert_eq!(read.rejected().len(), bad, "{:?}", read.rejected());
    };
    check("2026-03-29", "02:30-04:00", 1);
    check("2026-10-25", "02:30-04:00", 1);
    check("2026-10-25", "2026-10-25T02:30+01:00/2026-10-25T04:00", 0);
}

#[test]
fn bad_words_phones_and_shipments() {
    row("id,lat,lon,kind", "a,38,90,teleport", Code::UnknownName, "kind");
    row("id,lat,lon,temp", "a,38,90,lukewarm", Code::UnknownName, "temp");
    row("id,lat,lon,consent", "a,38,90,maybe", Code::UnknownName, "consent");
    row("id,lat,lon,phone", "a,38,90,1.38E+10", Code::WrongType, "phone");
    row("id,lat,lon,kind,from_lat,from_lon", "a,38,90,ship,38.1,", Code::MissingField, "from_lon");
    fine("id,lat,lon,kind,from_lat,from_lon\na,38,90,ship,38.1,90.1\n", 1);
}

#[test]
fn all_bad_rows_are_named_in_one_run() {
    let rows: Vec<String> = (0..300).map(|i| format!("{i},91,90")).collect();
    let read = sheet(format!("id,lat,lon\n{}", rows.join("\n")).as_bytes()).unwrap();
    assert_eq!(read.rejected().len(), 300);
    assert!(read.all_or_error().unwrap_err().to_string().ends_with("and 200 more"));
}

fn parse(text: &str) -> crate::Result<Day> {
    day::parse("day.json", text.as_bytes())
}

/// A day with one station and this in its list of orders.
fn with_order(order: &str) -> String {
    with("orders", &format!("[{order}]"))
}

/// A day with one station and this field beside it.
fn with(field: &str, value: &str) -> String {
    let station = "{\"id\": \"hub\", \"lat\": 38.2, \"lon\": 90.8}";
    format!(
        "{{\"format\": 1, \"date\": \"2026-01-28\", \"stations\": [{station}],\n\"{field}\": {value}}}"
    )
}

/// The day is refused for one reason, at this path.
fn check(text: &str, code: Code, path: &str) {
    let error = parse(text).unwrap_err();
    let found: Vec<_> =
        error.faults().iter().map(|fault| (fault.code(), fault.field_name())).collect();
    assert_eq!(found, [(code, path)], "{error}");
    assert!(error.faults().iter().all(|fault| fault.file_name() == "day.json"));
}

#[test]
fn days_of_the_wrong_shape() {
    for root in ["[]", "null", "\"day\""] {
        check(root, Code::WrongType, "");
    }
    check("", Code::Empty, "");
    check("{\"format\": 1", Code::CutOff, "");
    check(&"[".repeat(100_000), Code::TooLarge, "");
    check("{\"format\": 2, \"x\": 1}", Code::Version, "format");
    check(&with("format", "1"), Code::DoubleField, "format");
    check(
        "{\"format\": 1, \"date\": \"2026-01-28\", \"stations\": []}",
        Code::MissingPart,
        "stations",
    );
    for broken in ["NaN", "Infinity", "1, // no", "[1,]", "{a: 1}"] {
        check(&with("snap_limit_m", broken), Code::Syntax, "");
    }
    assert_eq!(day::parse("x", b"\xff\xfe{\0").unwrap_err().faults()[0].code(), Code::Encoding);
}

#[test]
fn unknown_fields_are_named_with_the_nearest_known_one() {
    let error = parse(&with_order("{\"id\": \"a\", \"lattitude\": 1, \"lat\": 38, \"lon\": 90}"));
    let text = error.unwrap_err().to_string();
    let due = "E0202 day.json: line 2, column 24: orders[0].lattitude: \
               expected a known field; the nearest is \"lat\"";
    assert_eq!(text, due);
}

#[test]
fn values_of_the_wrong_type_or_range() {
    let order = |fields: &str| {
        with_order(&format!("{{\"id\": \"a\", \"lat\": 38, \"lon\": 90, {fields}}}"))
    };
    let at = |lat: &str| with_order(&format!("{{\"id\": \"a\", \"lat\": {lat}, \"lon\": 90}}"));
    check(&at("\"38\""), Code::WrongType, "orders[0].lat");
    check(&at("91"), Code::OutOfRange, "orders[0].lat");
    check(&at("1e400"), Code::OutOfRange, "orders[0].lat");
    check(&at("null"), Code::MissingField, "orders[0].lat");
    check(&order("\"pieces\": 9223372036854775808"), Code::OutOfRange, "orders[0].pieces");
    check(&order("\"pieces\": 1.5"), Code::OutOfRange, "orders[0].pieces");
    check(&order("\"kind\": \"delivery\""), Code::UnknownName, "orders[0].kind");
    check(&order("\"class\": \"CN_COLD\""), Code::UnknownName, "orders[0].class");
    check(&order("\"windows\": [\"12:00-09:00\"]"), Code::UpsideDown, "orders[0].windows[0]");
    check(&order("\"windows\": \"09:00-12:00\""), Code::WrongType, "orders[0].windows");
    check(&order("\"ready_at\": \"25:61\""), Code::BadTime, "orders[0].ready_at");
    check(&order("\"service_min\": -1"), Code::OutOfRange, "orders[0].service_min");
    check(
        &with_order("{\"id\": \"a\", \"price\": 1, \"options\": [{\"lat\": 38, \"lon\": 90}]}"),
        Code::Contradiction,
        "orders[0].price",
    );
    check(&with_order("{\"id\": \"a\", \"options\": []}"), Code::MissingPart, "orders[0].options");
    check(&with_order("{\"id\": \"a/b\", \"lat\": 38, \"lon\": 90}"), Code::BadId, "orders[0].id");
    check(
        &with_order("{\"id\": \"a\", \"lat\": 0, \"lon\": -0.0}"),
        Code::BadPoint,
        "orders[0].lat",
    );
    check(&order("\"kind\": \"ship\""), Code::MissingField, "orders[0].pickup");
    check(&with("zone", "\"Mars/Olympus\""), Code::UnknownName, "zone");
    check(&with("weather", "{}"), Code::Contradiction, "weather.constant_c");
    check(&with("closures", "[{\"reason\": \"snow\"}]"), Code::Contradiction, "closures[0].way");
}

#[test]
fn batteries_that_cannot_be() {
    let vehicle = |fields: &str| {
        let vehicle = format!("{{\"id\": \"v\", \"preset\": \"electric_van\", {fields}}}");
        let station = "{\"id\": \"hub\", \"lat\": 38.2, \"lon\": 90.8, \"vehicles\": ";
        format!(
            "{{\"format\": 1, \"date\": \"2026-01-28\", \"stations\": [{station}[{vehicle}]}}]}}"
        )
    };
    let battery = |more: &str| {
        vehicle(&format!("\"battery\": {{\"chemistry\": \"lfp\", \"kwh\": 40{more}}}"))
    };
    let at = |field: &str| format!("stations[0].vehicles[0].battery.{field}");
    for (field, value, code) in [
        ("charge_kw", "-7", Code::OutOfRange),
        ("charge_kw", "\"fast\"", Code::WrongType),
        ("charge_kw", "1e400", Code::OutOfRange),
        ("swap_min", "-1", Code::OutOfRange),
        ("wh_per_km", "0", Code::OutOfRange),
        ("draw_kw", "-1", Code::OutOfRange),
        ("charge_kwh", "7", Code::UnknownField),
    ] {
        check(&battery(&format!(", \"{field}\": {value}")), code, &at(field));
    }
    // A charger is the battery's: no vehicle charges without one.
    check(&vehicle("\"charge_kw\": 7"), Code::UnknownField, "stations[0].vehicles[0].charge_kw");
    let built = |text: &str| {
        let (builder, _) = parse(text).unwrap().into_builder();
        let error = builder.build_with(|_, points| Ok(straight(points))).unwrap_err();
        let fault = &error.faults()[0];
        assert_eq!(fault.place_name(), "day.json: stations[0].vehicles[0]", "{error}");
        (fault.code(), fault.field_name().to_owned())
    };
    let both = battery(", \"wh_per_km\": 150, \"charge_kw\": 7, \"swap_min\": 5");
    assert_eq!(built(&both), (Code::Contradiction, "battery.charge_kw".to_owned()));
    let long = battery(", \"wh_per_km\": 150, \"swap_min\": 1441");
    assert_eq!(built(&long), (Code::OutOfRange, "battery.swap_min".to_owned()));
    // What the road asks for is not known of straight lines.
    assert_eq!(built(&battery("")), (Code::MissingField, "battery.wh_per_km".to_owned()));
    let good = battery(", \"wh_per_km\": 150, \"charge_kw\": 7");
    assert!(
        parse(&good).unwrap().into_builder().0.build_with(|_, points| Ok(straight(points))).is_ok()
    );
}

#[test]
fn large_numbers_are_exact_and_minus_zero_is_zero() {
    let text = "{\"id\": \"a\", \"lat\": -0.0, \"lon\": 90, \"pieces\": 900719925475}";
    let day = parse(&with_order(text)).unwrap();
    assert_eq!(day.orders[0].quantity.pieces, 900_719_925_475);
    assert!(day.orders[0].choices[0].call.point().lat.is_sign_positive());
    check(
        &with("closures", "[{\"way\": 9007199254740993, \"reason\": \"x\"}]"),
        Code::OutOfRange,
        "closures[0].way",
    );
}

#[test]
fn every_fault_of_a_day_is_named_in_one_run() {
    let orders = "[{\"id\": \"a\", \"lat\": 91, \"lon\": \"x\"}, {\"id\": 7, \"lat\": 0, \"lon\": 0},\n\
                  {\"id\": \"c\"}, {\"id\": \"d\", \"lat\": 38, \"lon\": 90, \"tier\": \"odd\"}]";
    let error = parse(&with("orders", orders)).unwrap_err();
    let found: Vec<_> = error.faults().iter().map(Fault::field_name).collect();
    let due = [
        "orders[0].lat",
        "orders[0].lon",
        "orders[1].id",
        "orders[3].tier",
        "orders[2].lat",
        "orders[2].lon",
    ];
    assert_eq!(found, due, "{error}");
    assert_eq!(error.faults()[3].place_name(), "line 3, column 56");
}

/// Straight lines at 60 km/h.
fn straight(points: &[Point]) -> Travel {
    let matrix = TravelMatrix::from_fn(points.len(), |from, to| {
        let metres = Metres::round(points[from].distance_m(points[to]));
        Ok(Leg { seconds: Seconds(metres.0 * 60 / 1000), metres })
    });
    Travel { matrix, access: vec![Ok(Metres::ZERO); points.len()] }
}

#[test]
fn the_committed_day_is_good() {
    let day = day::parse("day.json", GOOD_DAY).unwrap();
    assert_eq!(day.stations[0].id(), "huatugou");
    assert_eq!(day.orders[0].origin, "day.json: orders[0]");
    let (builder, notes) = day.into_builder();
    assert!(notes.is_empty(), "{notes:?}");
    let problem = builder.build_with(|_, points| Ok(straight(points))).unwrap();
    assert!(problem.orders().len() >= 20);
    let insulin = problem.hold(problem.vehicle_ids().next().unwrap(), 0).unwrap();
    assert!(insulin.hold > Seconds::hours(8), "{insulin:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        let _ = (day::parse("x", &bytes), sheet(&bytes));
        let cells = [b"id,lat,lon,window,phone\n", &bytes[..]].concat();
        let _ = sheet(&cells);
    }

    #[test]
    fn no_damage_to_a_good_day_makes_the_reader_panic(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..40, "[\\[\\]{}\":,0-9eE.+a-z-]{0,8}"), 1..5),
    ) {
        let mut bytes = GOOD_DAY.to_vec();
        for (at, length, new) in cuts {
            let from = at.index(bytes.len());
            let until = (from + length).min(bytes.len());
            bytes.splice(from..until, new.bytes());
        }
        let _ = day::parse("x", &bytes).map(Day::into_builder);
    }

    #[test]
    fn bad_rows_do_not_change_the_good_ones(junk in prop::collection::vec("[a-z0-9.,\" ]{0,30}", 0..6)) {
        let good = "7,38.2,90.8\n8,38.3,90.9\n";
        let junk = junk.join("\n").replace('"', "");
        let both = sheet(format!("id,lat,lon\n{good}{junk}").as_bytes()).unwrap();
        let alone = sheet(format!("id,lat,lon\n{good}").as_bytes()).unwrap();
        prop_assert_eq!(&both.orders()[..2], alone.orders());
    }
}

//! Measured temperatures as a GS1 EPCIS 2.0 document (JSON-LD, ISO/IEC 19987:2024). Predicted values
//! never go there: a reader of sensor reports takes them for records.

use serde_json::json;

/// What a document says besides the readings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EpcisOptions {
    /// The objects the logger was with, each a URI (`urn:epc:id:sscc:…`, a GS1 Digital Link).
    pub epcs: Vec<String>,
    /// The logger, a URI.
    pub device: String,
    /// Where the readings were taken or read out, a URI; left out when empty.
    pub read_point: String,
    /// SHA-256 of the logger's file, in hexadecimal.
    pub file_sha256: String,
}

/// One measured value.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// When, as `2026-01-28T09:30:00+08:00`.
    pub at: String,
    /// Degrees Celsius.
    pub celsius: f64,
}

/// One `ObjectEvent` with a sensor element: minimum, maximum and mean, then each reading. Times come
/// from the readings, so the same file gives the same bytes. Nothing without a reading.
pub fn epcis_json(options: &EpcisOptions, readings: &[Measured]) -> Option<String> {
    let (first, last) = (readings.first()?, readings.last()?);
    let values = || readings.iter().map(|reading| reading.celsius);
    let count = u32::try_from(readings.len()).ok()?;
    let mean = values().sum::<f64>() / f64::from(count);
    let round = |value: f64| (value * 1000.0).round() / 1000.0;
    let mut reports = vec![json!({
        "type": "Temperature",
        "minValue": round(values().fold(f64::INFINITY, f64::min)),
        "maxValue": round(values().fold(f64::NEG_INFINITY, f64::max)),
        "meanValue": round(mean),
        "uom": "CEL",
    })];
    reports.extend(readings.iter().map(|reading| {
        let value = round(reading.celsius);
        json!({"type": "Temperature", "value": value, "uom": "CEL", "time": reading.at})
    }));
    let mut event = json!({
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": last.at,
        "eventTimeZoneOffset": offset(&last.at),
        "epcList": options.epcs,
        "bizStep": "sensor_reporting",
        "sensorElementList": [{
            "sensorMetadata": {
                "startTime": first.at,
                "endTime": last.at,
                "deviceID": options.device,
                "rawData": named(&options.file_sha256),
            },
            "sensorReport": reports,
        }],
    });
    if !options.read_point.is_empty() {
        event["readPoint"] = json!({"id": options.read_point});
    }
    let document = json!({
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": last.at,
        "epcisBody": {"eventList": [event]},
    });
    Some(format!("{document:#}\n"))
}

/// The name of a file by its digest (RFC 6920): base 64 for addresses (RFC 4648, section 5).
fn named(sha256: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut name = String::from("ni:///sha-256;");
    let (mut held, mut bits) = (0_u32, 0);
    // Each hexadecimal digit is four bits, each letter six.
    for digit in sha256.chars().filter_map(|c| c.to_digit(16)) {
        held = ((held << 4) | digit) & 0x3ff;
        bits += 4;
        if bits >= 6 {
            bits -= 6;
            name.push(char::from(LETTERS[((held >> bits) & 63) as usize]));
        }
    }
    if bits > 0 {
        name.push(char::from(LETTERS[((held << (6 - bits)) & 63) as usize]));
    }
    name
}

/// The offset a stamp ends with: `+08:00`.
fn offset(stamp: &str) -> &str {
    stamp.get(19..).filter(|rest| rest.len() == 6).unwrap_or("+00:00")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_file_is_named_as_rfc_6920_names_it() {
        // Its section 8.1: "Hello World!".
        let hex = "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069";
        assert_eq!(named(hex), "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk");
    }

    #[test]
    fn a_document_holds_the_measured_values_and_their_extremes() {
        let at = |minute: u32| format!("2026-01-28T09:{minute:02}:00+08:00");
        let reading = |minute, celsius| Measured { at: at(minute), celsius };
        let options = EpcisOptions {
            epcs: vec!["urn:epc:id:sscc:0614141.1234567890".into()],
            device: "urn:epc:id:giai:4000001.111".into(),
            ..EpcisOptions::default()
        };
        let readings = [reading(0, 4.5), reading(5, 6.25), reading(10, 5.0)];
        let text = epcis_json(&options, &readings).unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        let event = &document["epcisBody"]["eventList"][0];
        let reports = event["sensorElementList"][0]["sensorReport"].as_array().unwrap();
        assert_eq!(
            (&document["type"], &event["type"]),
            (&json!("EPCISDocument"), &json!("ObjectEvent"))
        );
        assert_eq!((reports.len(), &reports[0]["minValue"]), (4, &json!(4.5)));
        assert_eq!(reports[0]["maxValue"], 6.25);
        assert!(reports.iter().all(|report| report["uom"] == "CEL"));
        assert_eq!(event["eventTimeZoneOffset"], "+08:00");
        assert_eq!(event["sensorElementList"][0]["sensorMetadata"]["startTime"], at(0));
        assert!(event.get("readPoint").is_none() && !text.to_lowercase().contains("predict"));
        assert_eq!(epcis_json(&options, &[]), None);
    }
}

//! The last page: orders on no route, each with its reason.

use std::fmt::Write as _;

use super::{label, push_columns};
use crate::plan::Plan;
use crate::report::text::{html, kg};
use crate::report::{why, words};

/// Adds the page of the orders left out; nothing when there are none.
pub(super) fn push(out: &mut String, plan: &Plan) {
    if plan.unserved().is_empty() {
        return;
    }
    let title = label("未排订单", "orders not served");
    let _ = writeln!(out, "<section>\n<h1>{title} {}</h1>\n<table>", plan.unserved().len());
    let columns = [
        ("订单", "order"),
        ("村 / 姓名", "village, name"),
        ("件数", "parcels"),
        ("原因", "reason"),
    ];
    push_columns(out, &columns);
    out.push_str("<tbody>\n");
    for (i, unserved) in plan.unserved().iter().enumerate() {
        let order = plan.problem().order(unserved.order);
        let why = why::of(unserved);
        let tier = words::tier(order.tier_value());
        let quantity = order.quantity_value();
        let even = if i % 2 == 1 { " class=\"even\"" } else { "" };
        let _ = write!(
            out,
            "<tr{even}><td><b>{}</b><br/>{}</td><td class=\"who\"><b>{}</b> {}</td>\
             <td>{} 件<br/>{} kg</td><td><b>{}</b> <small>{}</small><br/>{}",
            html(order.id()),
            label(tier.zh, tier.en),
            html(order.village_name()),
            html(order.recipient()),
            quantity.pieces,
            kg(quantity.mass),
            html(why.code_zh),
            html(why.code),
            html(&why.text),
        );
        for on in why.nearest() {
            let _ = write!(out, "<br/><small>{}: {}</small>", html(&on.vehicle), html(&on.text));
        }
        if !why.displaced_by.is_empty() {
            let first = label("让给", "these go first");
            let _ = write!(out, "<br/>{first}: {}", html(&why.displacing()));
        }
        if let Some(cure) = &why.cure {
            let _ = write!(out, "<br/>{}: {}", label("办法", "cure"), html(cure));
        }
        if let Some((zh, en)) = why.offered() {
            let _ = write!(out, "<br/>{}: ", label("可选", "offered"));
            let _ = write!(out, "<b>{}</b> <small>{}</small>", html(&zh), html(&en));
        }
        out.push_str("</td></tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</section>\n");
}

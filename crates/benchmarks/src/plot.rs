//! A plot of calls per hour against the number of objects.

use crate::figure::number;
use std::fmt::Write as _;

/// One measurement with idle objects.
#[derive(Clone, Copy)]
pub(crate) struct Point {
    pub(crate) objects: usize,
    /// Calls to CloudFront per hour, with the intervals that are the defaults.
    pub(crate) calls: f64,
}

/// Operators that poll each object with two calls: label, polls per hour, color.
const POLLING_EACH: [(&str, f64, &str); 2] = [
    ("two reads for each, every 10 min", 6.0, "#c0392b"),
    ("two reads for each, every 10 h", 0.1, "#d68910"),
];

const MEASURED: &str = "#1f618d";
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 320.0;
const MARGIN: f64 = 56.0;

/// The highest powers of ten on the axes.
const DECADES: [f64; 2] = [5.0, 6.0];

/// Draws the plot. Both axes are logarithmic and begin at 1.
pub(crate) fn svg(points: &[Point]) -> String {
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    grid(&mut text);
    for (at, (label, polls, color)) in POLLING_EACH.into_iter().enumerate() {
        // The axis begins at one call per hour.
        let ends = [(0.5 / polls).max(1.0), 80_000.0]
            .map(|objects| position(objects, 2.0 * objects * polls));
        line(&mut text, &ends, color);
        legend(&mut text, at + 1, label, color);
    }
    let measured: Vec<_> = points
        .iter()
        .filter(|point| point.objects > 0)
        .map(|point| position(number(point.objects), point.calls))
        .collect();
    line(&mut text, &measured, MEASURED);
    for (x, y) in measured {
        append(
            &mut text,
            format_args!("<circle cx=\"{x:.0}\" cy=\"{y:.0}\" r=\"3\" fill=\"{MEASURED}\"/>"),
        );
    }
    legend(&mut text, 0, "cloudfront-operator, measured", MEASURED);
    text.push_str("</svg>\n");
    text
}

fn grid(text: &mut String) {
    for power in 0..=5 {
        let (x, y) = position(10_f64.powi(power), 1.0);
        append(
            text,
            format_args!(
                "<text x=\"{x:.0}\" y=\"{:.0}\" text-anchor=\"middle\">{}</text>",
                y + 16.0,
                10_i32.pow(power.unsigned_abs())
            ),
        );
    }
    for power in 0..=6 {
        let (x, y) = position(1.0, 10_f64.powi(power));
        append(
            text,
            format_args!(
                "<path d=\"M{x:.0} {y:.0}H{:.0}\" stroke=\"#ddd\"/>",
                WIDTH - MARGIN
            ),
        );
        append(
            text,
            format_args!(
                "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{}</text>",
                x - 4.0,
                y + 4.0,
                10_i32.pow(power.unsigned_abs())
            ),
        );
    }
    append(
        text,
        format_args!(
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"middle\">distributions at rest</text>",
            WIDTH / 2.0,
            HEIGHT - 8.0
        ),
    );
    append(
        text,
        format_args!(
            "<text x=\"{MARGIN:.0}\" y=\"16\" text-anchor=\"middle\">calls per hour</text>"
        ),
    );
}

fn legend(text: &mut String, row: usize, label: &str, color: &str) {
    let y = 36.0 + 16.0 * number(row);
    append(
        text,
        format_args!("<text x=\"72\" y=\"{y:.0}\" fill=\"{color}\">{label}</text>"),
    );
}

fn line(text: &mut String, points: &[(f64, f64)], color: &str) {
    let points: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{x:.0},{y:.0}"))
        .collect();
    append(
        text,
        format_args!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>",
            points.join(" ")
        ),
    );
}

/// The position of a point in the picture.
fn position(objects: f64, calls: f64) -> (f64, f64) {
    let across = objects.max(1.0).log10() / DECADES[0];
    let up = calls.max(1.0).log10() / DECADES[1];
    (
        MARGIN + across * (WIDTH - 2.0 * MARGIN),
        HEIGHT - MARGIN - up * (HEIGHT - 2.0 * MARGIN),
    )
}

fn append(text: &mut String, element: std::fmt::Arguments) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{element}");
}

//! Latency of acknowledgements against offered load, beside another build, as a picture.
//!
//! The load is open: messages are due at fixed times whatever the server does, and a wait counts from the time at which the
//! message was due. So a server that falls behind cannot hide it by slowing down who measures it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use plotters::prelude::*;

use crate::outcome::AnyResult;
use crate::server::{Server, UNLIMITED};
use crate::{durable, probe};

/// A build is not driven further once its 99th percentile is above this.
const TOO_SLOW: Duration = Duration::from_millis(500);
/// If the load generator runs, or waits for its processor, for more than this share of the time, it measures itself.
const OWN_SHARE: f64 = 0.7;

/// The options of the plot.
#[derive(clap::Args)]
pub(crate) struct Plot {
    /// The server program.
    #[arg(long, default_value = "target/release/tim-server")]
    server: PathBuf,
    /// The program of the build that it is compared with.
    #[arg(long)]
    against: PathBuf,
    /// What the other build is called.
    #[arg(long, default_value = "against")]
    name: String,
    /// Run the server on this processor only.
    #[arg(long)]
    server_cpu: Option<usize>,
    /// Pairs of users that chat.
    #[arg(long, default_value_t = 100)]
    pairs: usize,
    /// Seconds at each load.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Offered messages per second.
    #[arg(long, value_delimiter = ',', default_values_t = [250, 500, 1_000, 2_000, 4_000, 8_000, 12_000, 16_000, 24_000, 32_000])]
    loads: Vec<u32>,
    /// Where the picture goes.
    #[arg(long, default_value = "docs/latency.svg")]
    to: PathBuf,
}

/// A build, and what was measured of it.
struct Line<'a> {
    name: &'a str,
    server: &'a Path,
    points: Vec<Point>,
    ended: bool,
}

/// Median and 99th percentile, in milliseconds, at this many offered messages per second.
struct Point {
    load: f64,
    p50: f64,
    p99: f64,
}

impl Plot {
    /// Measures, prints every point, and writes the picture.
    pub(crate) async fn run(self) -> AnyResult<()> {
        let line = |name, server| Line { name, server, points: Vec::new(), ended: false };
        let mut lines = [line(self.name.as_str(), self.against.as_path()), line("this", &self.server)];
        println!("{:<12} {:>9} {:>10} {:>10}", "build", "offered/s", "p50 ms", "p99 ms");
        for load in &self.loads {
            for line in lines.iter_mut().filter(|line| !line.ended) {
                self.measure(line, f64::from(*load)).await?;
            }
        }
        if lines.iter().all(|line| line.points.is_empty()) {
            return Err("no load could be measured: the load generator had no processor".into());
        }
        let folder = tempfile::tempdir()?;
        let disk = probe::fdatasync(folder.path(), Duration::from_secs(2))?.quantiles();
        let [(_, p50), (_, p99), _] = disk;
        let caption = format!("append 4 KiB + fdatasync after it: p50 {p50:.2} ms, p99 {p99:.2} ms");
        println!("{caption}");
        draw(&lines, &caption, &self.to).map_err(|why| why.to_string())?;
        println!("{}", self.to.display());
        Ok(())
    }

    async fn measure(&self, line: &mut Line<'_>, load: f64) -> AnyResult<()> {
        let server = Server::start(line.server, self.server_cpu, UNLIMITED).await?;
        let window = Duration::from_secs(self.seconds);
        let mut run = durable::at_rate(&server, self.pairs, load, window).await?;
        server.stop().await?;
        if run.own_share > OWN_SHARE {
            println!("{:<12} {load:>9.0} the load generator is too busy to tell", line.name);
            line.ended = true;
            return Ok(());
        }
        let slowest = run.times.quantile(0.99);
        let [(_, p50), (_, p99), _] = run.times.quantiles();
        println!("{:<12} {load:>9.0} {p50:>10.2} {p99:>10.2}", line.name);
        line.points.push(Point { load, p50, p99 });
        line.ended = slowest > TOO_SLOW;
        Ok(())
    }
}

fn draw(lines: &[Line<'_>], caption: &str, to: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let points = || lines.iter().flat_map(|line| &line.points);
    let span = |value: fn(&Point) -> f64| {
        points().map(value).fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)))
    };
    let (loads, lowest, highest) =
        (span(|point| point.load), span(|point| point.p50).0, span(|point| point.p99).1);
    let area = SVGBackend::new(to, (900, 560)).into_drawing_area();
    area.fill(&WHITE)?;
    let title = "Send to acknowledgement on stable storage, open loop";
    let below = area.titled(title, ("sans-serif", 20))?.titled(caption, ("sans-serif", 13))?;
    let mut chart =
        ChartBuilder::on(&below).margin(16).x_label_area_size(44).y_label_area_size(64).build_cartesian_2d(
            (loads.0 * 0.9..loads.1 * 1.1).log_scale(),
            (lowest * 0.7..highest * 1.4).log_scale(),
        )?;
    chart
        .configure_mesh()
        .x_desc("offered messages per second")
        .y_desc("milliseconds")
        .x_label_formatter(&|load| format!("{load:.0}"))
        .y_label_formatter(&|ms| format!("{ms}"))
        .draw()?;
    for (place, line) in lines.iter().enumerate() {
        for (label, width, value) in
            [("p50", 1, (|point: &Point| point.p50) as fn(&Point) -> f64), ("p99", 3, |point| point.p99)]
        {
            let style = Palette99::pick(place).stroke_width(width);
            let series = line.points.iter().map(|point| (point.load, value(point)));
            chart
                .draw_series(LineSeries::new(series, style).point_size(3))?
                .label(format!("{}, {label}", line.name))
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 24, y)], style));
        }
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .border_style(BLACK)
        .label_font(("sans-serif", 14))
        .draw()?;
    area.present()?;
    Ok(())
}

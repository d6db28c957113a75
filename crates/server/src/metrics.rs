//! `/metrics`: requests by route and status, how long they took, live listeners, and the figures of other rooms.
//! Routes are those of the router, never paths as sent, so the number of series is bounded.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::app::{MetricsSource, Sample};
use crate::live::Hub;

/// Content type of the text.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Upper bounds of the latency classes, seconds.
const SECONDS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

/// All figures of the server.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabels, Histogram, fn() -> Histogram>,
    sources: Sources,
}

impl Metrics {
    pub(crate) fn new(live: Hub, sources: Vec<Arc<dyn MetricsSource>>) -> Self {
        let sources = Sources { live, rooms: sources };
        let requests = Family::default();
        let seconds: Family<RouteLabels, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(SECONDS));
        let mut registry = Registry::with_prefix("huanshu");
        registry.register("http_requests", "Requests by route and status", requests.clone());
        registry.register(
            "http_request_seconds",
            "Time until the answer began",
            seconds.clone(),
        );
        registry.register_collector(Box::new(sources.clone()));
        Self {
            registry,
            requests,
            seconds,
            sources,
        }
    }

    /// Counts a request.
    pub(crate) fn observe(&self, method: &str, route: &str, status: u16, took: Duration) {
        // Clients may invent methods.
        let method = METHODS.iter().find(|known| **known == method).unwrap_or(&"other");
        let labels = RequestLabels {
            method: (*method).to_owned(),
            route: route.to_owned(),
            status,
        };
        self.requests.get_or_create(&labels).inc();
        self.seconds
            .get_or_create(&RouteLabels {
                route: route.to_owned(),
            })
            .observe(took.as_secs_f64());
    }

    /// The text that is scraped.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut out = String::new();
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }

    /// The figures of other rooms.
    pub(crate) fn samples(&self) -> Vec<Sample> {
        self.sources.samples()
    }
}

#[derive(Clone)]
struct Sources {
    live: Hub,
    rooms: Vec<Arc<dyn MetricsSource>>,
}

impl Sources {
    fn samples(&self) -> Vec<Sample> {
        self.rooms.iter().flat_map(|room| room.samples()).collect()
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sources({})", self.rooms.len())
    }
}

impl Collector for Sources {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let listeners = u32::try_from(self.live.listeners()).unwrap_or(u32::MAX);
        let live = Sample {
            name: "live_clients",
            help: "Listeners of the live channel",
            counter: false,
            value: f64::from(listeners),
        };
        for sample in std::iter::once(live).chain(self.samples()) {
            let kind = if sample.counter {
                MetricType::Counter
            } else {
                MetricType::Gauge
            };
            let to = encoder.encode_descriptor(sample.name, sample.help, None, kind)?;
            if sample.counter {
                ConstCounter::new(sample.value).encode(to)?;
            } else {
                ConstGauge::new(sample.value).encode(to)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Room;
    impl MetricsSource for Room {
        fn samples(&self) -> Vec<Sample> {
            vec![
                Sample {
                    name: "gateway_frames",
                    help: "Frames",
                    counter: true,
                    value: 7.0,
                },
                Sample {
                    name: "applier_lag_bytes",
                    help: "Lag",
                    counter: false,
                    value: 1.5,
                },
            ]
        }
    }

    #[test]
    fn the_text_holds_requests_and_the_figures_of_other_rooms() {
        let metrics = Metrics::new(Hub::new(), vec![Arc::new(Room)]);
        metrics.observe("GET", "/api/v1/alarms", 200, Duration::from_millis(20));
        let text = metrics.text().unwrap();
        for line in [
            r#"huanshu_http_requests_total{method="GET",route="/api/v1/alarms",status="200"} 1"#,
            r#"huanshu_http_request_seconds_bucket{le="0.025",route="/api/v1/alarms"} 1"#,
            "huanshu_live_clients 0",
            "huanshu_gateway_frames_total 7",
            "huanshu_applier_lag_bytes 1.5",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}

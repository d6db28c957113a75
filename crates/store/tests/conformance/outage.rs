//! The database goes away and comes back: calls fail, may be tried again, and lose nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use model::time::Grain;
use store::Store;
use store::apply::UnknownPolicy;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::bench::{Bench, after, device_spec, key, noon, place, reading_frame, spec};

/// A line to the server that can be cut and mended.
struct Line {
    at: SocketAddr,
    server: String,
    up: Option<JoinHandle<()>>,
}

impl Line {
    async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut line = Self {
            at: listener.local_addr().unwrap(),
            server: server.to_owned(),
            up: None,
        };
        line.serve(listener);
        line
    }

    fn serve(&mut self, listener: TcpListener) {
        let server = Arc::new(self.server.clone());
        self.up = Some(tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((mut client, _)) = listener.accept().await {
                let server = server.clone();
                connections.spawn(async move {
                    if let Ok(mut upstream) = TcpStream::connect(server.as_str()).await {
                        let _ = copy_bidirectional(&mut client, &mut upstream).await;
                    }
                });
            }
        }));
    }

    async fn cut(&mut self) {
        if let Some(up) = self.up.take() {
            up.abort();
            let _ = up.await;
        }
    }

    async fn mend(&mut self) {
        let listener = loop {
            match TcpListener::bind(self.at).await {
                Ok(listener) => break listener,
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        self.serve(listener);
    }
}

async fn line_and_store(bench: &Bench) -> (Line, Store, tempfile::TempDir) {
    let url = bench.url.clone().unwrap();
    let server = url
        .split('@')
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    let line = Line::to(&server).await;
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(Some(&url.replace(&server, &line.at.to_string())), dir.path())
        .await
        .unwrap();
    store
        .put_subjects(&[spec("a", model::subject::SubjectKind::GasOutlet)])
        .await
        .unwrap();
    store.put_devices(&[device_spec("m", "a", None)]).await.unwrap();
    (line, store, dir)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_server_is_away_calls_fail_and_afterwards_they_work() {
    let Some(bench) = Bench::postgres().await else {
        return;
    };
    let (mut line, store, _dir) = line_and_store(&bench).await;
    line.cut().await;
    let frames = vec![reading_frame(1, "m", noon(), "1")];
    let error = store
        .apply(frames.clone(), after(1), UnknownPolicy::Hold)
        .await
        .unwrap_err();
    assert!(error.retryable(), "{error}");
    let error = store.watermark().await.unwrap_err();
    assert!(error.retryable(), "{error}");
    line.mend().await;
    assert_eq!(
        store
            .apply(frames, after(1), UnknownPolicy::Hold)
            .await
            .unwrap()
            .stored,
        1
    );
    assert_eq!(store.watermark().await.unwrap(), place(2));
    store.db().close().await;
    line.cut().await;
    bench.drop_database().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_cut_in_the_middle_of_anything_loses_and_doubles_nothing() {
    const ROUNDS: u64 = 25;
    const FRAMES: u64 = 60;
    let Some(bench) = Bench::postgres().await else {
        return;
    };
    let (mut line, store, _dir) = line_and_store(&bench).await;
    for round in 0..ROUNDS {
        let batch: Vec<_> = (round * FRAMES..(round + 1) * FRAMES)
            .map(|n| reading_frame(n, "m", noon().plus_ms(i64::try_from(n).unwrap()), "1"))
            .collect();
        let end = after((round + 1) * FRAMES - 1);
        let work = {
            let (store, batch) = (store.clone(), batch.clone());
            tokio::spawn(async move { store.apply(batch, end, UnknownPolicy::Hold).await })
        };
        // From before the first statement to after the commit.
        tokio::time::sleep(Duration::from_micros(round * 700)).await;
        line.cut().await;
        line.mend().await;
        let mut outcome = work.await.unwrap();
        while let Err(error) = outcome {
            assert!(error.retryable(), "{error:?}");
            outcome = store.apply(batch.clone(), end, UnknownPolicy::Hold).await;
        }
    }
    let id = store.subjects().await.unwrap()[0].id;
    let to = noon().plus_ms(i64::try_from(ROUNDS * FRAMES).unwrap());
    let found = store
        .ranges(&[key(id, Grain::Realtime)], noon(), to)
        .await
        .unwrap();
    assert_eq!(found[0].len() as u64, ROUNDS * FRAMES);
    assert!(found[0].iter().all(|o| o.revision == 1));
    let device = store
        .device(&model::ids::Mn::new("m"), noon())
        .await
        .unwrap()
        .unwrap()
        .device;
    assert_eq!(device.frames.unsigned_abs(), ROUNDS * FRAMES);
    store.db().close().await;
    line.cut().await;
    bench.drop_database().await;
}

//! A proxy on loopback that misbehaves as AWS and the network do, between the SDK and an emulator.

mod action;
mod answer;
mod fault;
mod http;
mod record;
mod stand_in;
mod tally;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use action::Action;
use fault::Faults;
pub(super) use fault::{Fault, On, When};
use http::{Request, Response};
use record::Record;
pub(super) use record::Recorded;
use stand_in::StandIn;
pub(super) use tally::Tally;

/// What the proxy does. The default passes everything through.
#[derive(Default)]
pub(super) struct Script {
    /// The seed of everything that happens at a rate.
    pub(super) seed: u64,
    /// What goes wrong, first match first.
    pub(super) faults: Vec<(On, When, Fault)>,
    /// How many looks a new stack stays `*_IN_PROGRESS` for.
    pub(super) polls_in_progress: u32,
    /// Who makes identity providers.
    pub(super) providers: Providers,
    /// Operations at which the emulator falls over with a page of status 500. Here they are what they would be at an
    /// endpoint that does not know them: refused in AWS's words, so that nobody tries again for long.
    pub(super) unknown: &'static [&'static str],
}

/// Who makes the identity providers of a template.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Providers {
    /// CloudFormation, as at AWS.
    #[default]
    Stack,
    /// The proxy, through IAM, for an emulator whose CloudFormation cannot.
    Proxy,
}

/// A running proxy; it ends with this value.
pub(super) struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
    accepting: JoinHandle<()>,
}

struct State {
    upstream: SocketAddr,
    faults: Mutex<Faults>,
    tally: Mutex<Tally>,
    record: Mutex<Record>,
    providers: Providers,
    unknown: &'static [&'static str],
    stand_in: StandIn,
}

impl Proxy {
    /// Starts one on a free loopback port.
    pub(super) async fn start(upstream: SocketAddr, script: Script) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            upstream,
            providers: script.providers,
            unknown: script.unknown,
            faults: Mutex::new(Faults::new(script)),
            tally: Mutex::default(),
            record: Mutex::default(),
            stand_in: StandIn::default(),
        });
        let shared = Arc::clone(&state);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { address, state, accepting }
    }

    /// Its address as `AWS_ENDPOINT_URL` wants it.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What passed through so far.
    pub(super) fn tally(&self) -> Tally {
        self.state.tally.lock().unwrap().clone()
    }

    /// From now on other faults.
    pub(super) fn weather(&self, faults: Vec<(On, When, Fault)>) {
        *self.state.faults.lock().unwrap() = Faults::new(Script { seed: 7, faults, ..Script::default() });
    }

    /// How many calls passed through so far.
    pub(super) fn calls(&self) -> usize {
        self.state.record.lock().unwrap().len()
    }

    /// The calls after the first `seen`.
    pub(super) fn calls_since(&self, seen: usize) -> Vec<Recorded> {
        self.state.record.lock().unwrap().since(seen)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// One connection, request after request, until either side has enough or a fault breaks it.
async fn serve(mut client: TcpStream, state: Arc<State>) {
    while let Some(request) = http::read_request(&mut client).await {
        let action = Action::of(&request);
        state.tally.lock().unwrap().begin(&action, &request);
        let answer = answer(&state, &action, request).await;
        state.tally.lock().unwrap().end();
        let Some(answer) = answer else {
            // Without it the close would be an orderly end and no reset.
            let _ = client.set_zero_linger();
            return;
        };
        if client.write_all(&answer.to_bytes()).await.is_err() {
            return;
        }
    }
}

/// The answer, or nothing when it is lost.
async fn answer(state: &State, action: &Action, mut request: Request) -> Option<Response> {
    let fault = state.faults.lock().unwrap().of(action);
    if let Some(fault) = &fault {
        state.tally.lock().unwrap().fault(action, fault);
    }
    match fault {
        Some(Fault::Throttle) => return Some(answer::throttled(&request)),
        Some(Fault::Failure) => return Some(answer::failure(&request)),
        Some(Fault::Page) => return Some(answer::page()),
        Some(Fault::ResetBefore) => return None,
        Some(Fault::Delay(time)) => tokio::time::sleep(time).await,
        Some(Fault::ResetAfter) | None => {}
    }
    let asked = request.clone();
    if state.providers == Providers::Proxy {
        request = state.stand_in.of(state.upstream, action, request).await;
    }
    let mut answer = http::forward(state.upstream, &request).await?;
    if answer.status == 500 && state.unknown.contains(&action.0.as_str()) {
        answer = answer::unknown(&asked);
    }
    state.record.lock().unwrap().add(action, &asked, &answer);
    if fault == Some(Fault::ResetAfter) {
        return None;
    }
    Some(state.faults.lock().unwrap().progress(action, answer))
}

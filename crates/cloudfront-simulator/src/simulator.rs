//! A running simulator.

use std::{io, net::SocketAddr, path::PathBuf, time::Duration};

use tokio::{net::TcpListener, task::JoinHandle, time::sleep};

use crate::{
    control::{Control, ControlHandler},
    options::{Credential, Options},
    server::serve,
    settings::Settings,
    shared::{ApiHandler, Shared},
    world::{Kept, Saved, StateError, World},
};

const SAVE_EVERY: Duration = Duration::from_secs(1);

/// Why a simulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address is taken or not ours.
    #[error(
        "cannot listen on {address}: {source}; choose another address, or port 0 for any free one"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The state file cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
}

/// A `CloudFront` on loopback. It stops when it is dropped: connections end, and the state file is written.
pub struct Simulator {
    api: SocketAddr,
    control_address: SocketAddr,
    credentials: Vec<Credential>,
    shared: Shared,
    state: Option<PathBuf>,
    tasks: Vec<JoinHandle<()>>,
}

impl Simulator {
    /// Starts one on the current tokio runtime.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let (listener, api) = listen(options.listen).await?;
        let (control_listener, control_address) = listen(options.control).await?;
        let credentials = if options.credentials.is_empty() {
            vec![Credential::for_tests()]
        } else {
            options.credentials.clone()
        };
        let shared = Shared::new(world(&options, &credentials)?);
        let control = ControlHandler(Control(shared.clone()));
        let mut tasks = vec![
            tokio::spawn(serve(listener, ApiHandler(shared.clone()))),
            tokio::spawn(serve(control_listener, control)),
        ];
        tasks.extend(
            options
                .state
                .clone()
                .map(|path| tokio::spawn(save(shared.clone(), path))),
        );
        Ok(Self {
            api,
            control_address,
            credentials,
            shared,
            state: options.state,
            tasks,
        })
    }

    /// The base URL of the API, for `CloudFront` and STS alike.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.api)
    }

    /// The base URL of the control port.
    pub fn control_endpoint(&self) -> String {
        format!("http://{}", self.control_address)
    }

    /// The key pairs it was started with.
    pub fn credentials(&self) -> &[Credential] {
        &self.credentials
    }

    /// What the control port offers, without HTTP.
    pub fn control(&self) -> Control {
        Control(self.shared.clone())
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        let saved = Saved::take(&mut self.shared.lock());
        if let Some((path, saved)) = self.state.as_ref().zip(saved) {
            report(saved.write(path));
        }
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let wrap = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(wrap)?;
    let bound = listener.local_addr().map_err(wrap)?;
    Ok((listener, bound))
}

fn world(options: &Options, credentials: &[Credential]) -> Result<World, StartError> {
    let fresh = || {
        let seed = options
            .seed
            .unwrap_or_else(|| u64::try_from(crate::clock::real_now()).unwrap_or(0) << 20);
        (
            Kept::new(seed),
            Settings::new(options.deploy_delay, options.latency),
        )
    };
    let saved = options
        .state
        .as_deref()
        .map(Saved::read)
        .transpose()?
        .flatten();
    let (kept, mut settings) = saved.unwrap_or_else(fresh);
    // What this start was told holds over what the last one was.
    settings.deploy_delay = options.deploy_delay;
    settings.invalidation_delay = options.deploy_delay;
    settings.latency = options.latency;
    let mut world = World::new(kept, settings);
    for credential in credentials {
        world.add_credential(credential);
    }
    Ok(world)
}

/// Writes the state file whenever something changed.
async fn save(shared: Shared, path: PathBuf) {
    loop {
        sleep(SAVE_EVERY).await;
        let saved = Saved::take(&mut shared.lock());
        if let Some(saved) = saved {
            let path = path.clone();
            let written = tokio::task::spawn_blocking(move || report(saved.write(&path)));
            // A panic while writing has been printed; the next change tries again.
            let _ = written.await;
        }
    }
}

fn report(written: Result<(), StateError>) {
    if let Err(error) = written {
        eprintln!("cloudfront-simulator: {error}");
    }
}

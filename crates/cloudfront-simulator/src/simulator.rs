//! A running simulator.

use std::{io, net::SocketAddr, path::PathBuf, time::Duration};

use tokio::{net::TcpListener, task::JoinHandle, time::sleep};

use crate::{
    api_port::ApiPortHandler,
    clock::{TimeSource, system_time},
    control::Control,
    control_port::ControlPortHandler,
    http::serve,
    options::{Credential, Options},
    service::{PersistedState, Service, SharedService, StateError, StateSnapshot},
    settings::Settings,
};

const SAVE_INTERVAL: Duration = Duration::from_secs(1);

/// The simulator cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address is in use or not available.
    #[error(
        "cannot listen on {address}: {source}; choose another address, or port 0 for any free one"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The state file cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
}

/// A running simulator. Dropping it closes all connections and writes the state file.
pub struct Simulator {
    api_address: SocketAddr,
    control_address: SocketAddr,
    credentials: Vec<Credential>,
    service: SharedService,
    state_file: Option<PathBuf>,
    tasks: Vec<JoinHandle<()>>,
}

impl Simulator {
    /// Starts a simulator on the current tokio runtime.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let (api_listener, api_address) = listen(options.listen).await?;
        let (control_listener, control_address) = listen(options.control_listen).await?;
        let credentials = accepted_credentials(&options);
        let service = SharedService::new(load_service(&options, &credentials)?);
        let control = ControlPortHandler(Control::new(service.clone()));
        let mut tasks = vec![
            tokio::spawn(serve(api_listener, ApiPortHandler(service.clone()))),
            tokio::spawn(serve(control_listener, control)),
        ];
        tasks.extend(
            options
                .state_file
                .clone()
                .map(|path| tokio::spawn(save_periodically(service.clone(), path))),
        );
        Ok(Self {
            api_address,
            control_address,
            credentials,
            service,
            state_file: options.state_file,
            tasks,
        })
    }

    /// Returns the base URL of the API, for both `CloudFront` and STS.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.api_address)
    }

    /// Returns the base URL of the control port.
    pub fn control_endpoint(&self) -> String {
        format!("http://{}", self.control_address)
    }

    /// Returns the access keys of the start options.
    pub fn credentials(&self) -> &[Credential] {
        &self.credentials
    }

    /// Returns a handle with the functions of the control port.
    pub fn control(&self) -> Control {
        Control::new(self.service.clone())
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        let snapshot = self.service.lock().take_snapshot();
        if let Some((path, snapshot)) = self.state_file.as_ref().zip(snapshot) {
            print_error(snapshot.and_then(|snapshot| snapshot.write(path)));
        }
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let to_error = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(to_error)?;
    let bound_address = listener.local_addr().map_err(to_error)?;
    Ok((listener, bound_address))
}

/// Returns the access keys of the options, or the one for tests.
pub(crate) fn accepted_credentials(options: &Options) -> Vec<Credential> {
    if options.credentials.is_empty() {
        vec![Credential::for_tests()]
    } else {
        options.credentials.clone()
    }
}

/// Creates the service, with the state of the state file if it exists.
pub(crate) fn load_service(
    options: &Options,
    credentials: &[Credential],
) -> Result<Service, StartError> {
    let new_state = || {
        let seed = options
            .id_seed
            .unwrap_or_else(|| u64::try_from(system_time()).unwrap_or(0) << 20);
        (
            PersistedState::new(seed),
            Settings::new(options.deploy_delay, options.latency),
        )
    };
    let saved = options
        .state_file
        .as_deref()
        .map(StateSnapshot::read)
        .transpose()?
        .flatten();
    let (mut state, mut settings) = saved.unwrap_or_else(new_state);
    state
        .clock
        .set_source(TimeSource::starting_at(options.start_time));
    // The start options override the settings in the state file.
    settings.deploy_delay = options.deploy_delay;
    settings.invalidation_delay = options.deploy_delay;
    settings.provisioning_delay = options.deploy_delay;
    settings.latency = options.latency;
    let mut service = Service::new(state, settings);
    for credential in credentials {
        service.add_credential(credential);
    }
    Ok(service)
}

/// Writes the state file after changes, at most once per interval.
async fn save_periodically(service: SharedService, path: PathBuf) {
    loop {
        sleep(SAVE_INTERVAL).await;
        let snapshot = service.lock().take_snapshot();
        if let Some(snapshot) = snapshot {
            let path = path.clone();
            let write = tokio::task::spawn_blocking(move || {
                print_error(snapshot.and_then(|snapshot| snapshot.write(&path)));
            });
            // A panic while writing is printed by the panic hook. The next change is written again.
            let _ = write.await;
        }
    }
}

fn print_error(result: Result<(), StateError>) {
    if let Err(error) = result {
        eprintln!("cloudfront-simulator: {error}");
    }
}

//! Where a command finds the data and the configuration.

use std::path::PathBuf;

use clap::Args;

use super::terminal::AnyResult;
use crate::config::Config;
use crate::data::Data;

/// Where the data is; shared by all commands.
#[derive(Debug, Args)]
pub(super) struct DataArgs {
    /// The data folder [default: tim-data, or what the configuration says].
    #[arg(long)]
    data: Option<PathBuf>,
    /// A configuration file.
    #[arg(long)]
    config: Option<PathBuf>,
}

impl DataArgs {
    pub(super) fn config(&self) -> AnyResult<Config> {
        let mut config = match &self.config {
            Some(path) => Config::read(path)?,
            None => Config::default(),
        };
        if let Some(data) = &self.data {
            config.data.clone_from(data);
        }
        Ok(config)
    }

    pub(super) fn existing(&self) -> AnyResult<Data> {
        Ok(Data::existing(&self.config()?.data)?)
    }
}

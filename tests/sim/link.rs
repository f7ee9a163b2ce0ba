//! Connections: ordered while they last, and cut short in every way a network knows.
//!
//! What was sent arrives late, in order, up to the point where the link was cut. Each side learns of the end by itself,
//! sometimes only by the silence.

use crate::device::DeviceId;
use crate::world::World;

pub type LinkId = u64;

/// One connection.
pub struct Link {
    pub device: DeviceId,
    pub device_life: u64,
    pub latency: i64,
    /// When the last frame arrives on the server, and on the device.
    up_at: i64,
    down_at: i64,
    /// What arrives from here on is lost: towards the server, towards the device.
    lost: [i64; 2],
}

/// An event of a connection.
pub enum Event {
    /// The server's side stands.
    Accepted,
    /// The device's side stands.
    Connected,
    /// It could not be made.
    Refused,
    Up(String),
    Down(String),
    /// The server learns that it is gone.
    GoneForServer,
    /// The device learns that it is gone.
    GoneForDevice,
}

impl World {
    fn link_after(&mut self, delay: i64, link: LinkId, event: Event) {
        self.after(delay, crate::world::Event::Link(link, event));
    }

    /// A device makes a connection.
    pub fn connect(&mut self, device: DeviceId) {
        self.disconnect(device);
        let link = self.links.last_key_value().map_or(1, |(last, _)| last + 1);
        let [low, high] = self.faults.latency;
        let latency = self.rng.i64(low..=high);
        let device_life = self.devices[device].life;
        self.devices[device].link = Some(link);
        let made = Link { device, device_life, latency, up_at: 0, down_at: 0, lost: [i64::MAX; 2] };
        self.links.insert(link, made);
        if self.devices[device].cut_off_until > self.now || !self.server.up {
            // Sometimes nobody answers at all.
            if self.chance(70) {
                self.link_after(latency, link, Event::Refused);
            }
            return;
        }
        self.link_after(latency, link, Event::Accepted);
        self.link_after(2 * latency, link, Event::Connected);
    }

    /// A device drops its connection after what it sent has left.
    pub fn disconnect(&mut self, device: DeviceId) {
        if let Some(link) = self.devices[device].link.take() {
            let Link { up_at, latency, lost, .. } = self.links[&link];
            // Over a link that is cut the server hears nothing of it.
            if lost[0] == i64::MAX {
                let delay = up_at.max(self.now + latency) - self.now;
                self.link_after(delay, link, Event::GoneForServer);
            }
        }
    }

    pub fn send_up(&mut self, device: DeviceId, text: String) {
        let Some(id) = self.devices[device].link else { return };
        let text = self.said_later(device, text);
        self.charge(&text);
        let stall = self.stall(self.devices[device].slow_until > self.now);
        let (now, link) = (self.now, self.links.get_mut(&id).unwrap());
        link.up_at = link.up_at.max(now + link.latency + stall);
        let delay = link.up_at - now;
        self.link_after(delay, id, Event::Up(text));
    }

    pub fn send_down(&mut self, id: LinkId, text: String) {
        let Some(device) = self.links.get(&id).map(|link| link.device) else { return };
        for text in self.heard_later(device, text) {
            self.charge(&text);
            let stall = self.stall(false);
            let (now, link) = (self.now, self.links.get_mut(&id).unwrap());
            link.down_at = link.down_at.max(now + link.latency + stall);
            let delay = link.down_at - now;
            self.link_after(delay, id, Event::Down(text));
        }
    }

    fn charge(&mut self, text: &str) {
        if !text.starts_with(r#"{"p"#) {
            self.bill.0 += 1;
            self.bill.1 += text.len();
        }
    }

    /// How much longer than usual a frame takes.
    fn stall(&mut self, is_slow: bool) -> i64 {
        let stalls = self.faults.stalls;
        if is_slow && self.faults.is_on {
            self.rng.i64(2_000..9_000)
        } else if self.faults.is_on && self.chance(stalls) {
            self.rng.i64(0..15_000)
        } else {
            self.rng.i64(0..5)
        }
    }

    /// Ends a connection so that both sides know, and lets no other come about before `until`.
    pub fn part(&mut self, device: DeviceId, until: i64) {
        self.devices[device].cut_off_until = until;
        if let Some(link) = self.devices[device].link {
            self.server_loses(link);
            self.device_loses(device);
        }
    }

    /// The server closes a connection after everything sent so far.
    pub fn close_down(&mut self, id: LinkId) {
        let Some(link) = self.links.get(&id) else { return };
        let delay = link.down_at.max(self.now + link.latency) - self.now;
        self.link_after(delay, id, Event::GoneForDevice);
    }

    /// Cuts a connection. What is under way arrives up to some point; both sides learn of it when they do.
    pub fn cut(&mut self, id: LinkId) {
        let survives = |world: &mut Self| world.now + world.rng.i64(0..=2 * world.links[&id].latency);
        let lost = [survives(self), survives(self)];
        let link = self.links.get_mut(&id).unwrap();
        link.lost = [link.lost[0].min(lost[0]), link.lost[1].min(lost[1])];
        // A half-open connection: neither side gets an error, and both must notice the silence.
        if self.chance(60) {
            let delay = self.rng.i64(0..3_000);
            self.link_after(delay, id, Event::GoneForDevice);
        }
        if self.chance(60) {
            let delay = self.rng.i64(0..5_000);
            self.link_after(delay, id, Event::GoneForServer);
        }
    }

    /// The server's machine is gone, and with it its side of every connection.
    pub fn cut_all(&mut self) {
        let ids: Vec<LinkId> = self.devices.iter().filter_map(|device| device.link).collect();
        for id in ids {
            let link = self.links.get_mut(&id).unwrap();
            link.lost[0] = link.lost[0].min(self.now);
            let delay = self.rng.i64(0..2_000);
            self.link_after(delay, id, Event::GoneForDevice);
        }
    }

    pub fn link_event(&mut self, id: LinkId, event: Event) {
        let link = &self.links[&id];
        let (device, now) = (link.device, self.now);
        let [up_lost, down_lost] = link.lost.map(|lost| lost < now);
        let is_current =
            self.devices[device].link == Some(id) && self.devices[device].life == link.device_life;
        match event {
            Event::Accepted if !up_lost => self.accept(id),
            Event::Up(text) if !up_lost => self.server_hears(id, &text),
            Event::GoneForServer => self.server_loses(id),
            Event::Connected if is_current && !down_lost => self.device_connected(device),
            Event::Down(text) if is_current && !down_lost => self.device_hears(device, text),
            Event::Refused | Event::GoneForDevice if is_current => self.device_loses(device),
            _ => {}
        }
    }
}

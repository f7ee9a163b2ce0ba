//! The two macros that declare verbs: [`verbs!`] those of a domain, [`domains!`] the domains there are.
//!
//! They generate the enumerations of requests and replies, their serialization, and their kinds. They decide nothing.

/// The verbs of a domain, a line for each: kind, caller, name, type of the parameters, name on the wire, type of the reply.
macro_rules! verbs {
    ($(#[$doc:meta])* $Requests:ident -> $Replies:ident {
        $($kind:ident by $caller:ident: $variant:ident($request:ident) = $method:literal -> $reply:ty),* $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub enum $Requests {
            $(#[doc = concat!("`", $method, "`")] $variant($request),)*
        }

        #[doc = concat!("The replies to [`", stringify!($Requests), "`], by the request that each answers.")]
        #[derive(Debug, Clone)]
        pub enum $Replies {
            $(#[doc = concat!("To `", $method, "`")] $variant($reply),)*
        }

        $(impl $crate::call::Call for $request {
            const METHOD: &'static str = $method;
            type Reply = $reply;

            fn reply(reply: $crate::call::Reply) -> Option<$reply> {
                match reply {
                    $crate::call::Reply::Written(text) => $crate::json::read(text.get()).ok(),
                    reply => match $Replies::try_from(reply) {
                        Ok($Replies::$variant(reply)) => Some(reply),
                        _ => None,
                    },
                }
            }

            fn answer(reply: $reply) -> $crate::call::Reply {
                $Replies::$variant(reply).into()
            }
        }

        impl From<$request> for $crate::call::Request {
            fn from(call: $request) -> Self {
                $Requests::$variant(call).into()
            }
        })*

        impl $Requests {
            pub(super) const METHODS: &'static [&'static str] = &[$($method),*];

            pub(super) fn method(&self) -> &'static str {
                match self { $(Self::$variant(_) => $method,)* }
            }

            pub(super) fn kind(&self) -> $crate::call::Kind {
                match self { $(Self::$variant(_) => $crate::call::Kind::$kind,)* }
            }

            pub(super) fn caller(&self) -> $crate::call::Caller {
                match self { $(Self::$variant(_) => $crate::call::Caller::$caller,)* }
            }

            /// `None` if the verb does not belong to this domain.
            pub(super) fn read(method: &str, parameters: &str) -> Option<serde_json::Result<Self>> {
                match method {
                    $($method => Some($crate::json::read(parameters).map(Self::$variant)),)*
                    _ => None,
                }
            }

            pub(super) fn parameters(&self) -> serde_json::Result<Box<serde_json::value::RawValue>> {
                match self { $(Self::$variant(call) => serde_json::value::to_raw_value(call),)* }
            }

            pub(super) fn read_reply(&self, result: &str) -> serde_json::Result<$Replies> {
                match self { $(Self::$variant(_) => $crate::json::read(result).map($Replies::$variant),)* }
            }
        }

        impl $crate::call::Check for $Requests {
            fn check(&self, asker: &$crate::UserId) -> Result<(), $crate::Fault> {
                match self { $(Self::$variant(call) => call.check(asker),)* }
            }

            fn group(&self) -> Option<&$crate::GroupId> {
                match self { $(Self::$variant(call) => call.group(),)* }
            }
        }

        impl $Replies {
            pub(super) fn write(&self) -> serde_json::Result<Box<serde_json::value::RawValue>> {
                match self { $(Self::$variant(reply) => serde_json::value::to_raw_value(reply),)* }
            }
        }
    };
}

/// The domains: [`Request`](super::Request) and [`Reply`](super::Reply) of all their verbs.
macro_rules! domains {
    ($($(#[$doc:meta])* $domain:ident($Requests:ident -> $Replies:ident)),* $(,)?) => {
        /// Any request, by its domain.
        #[derive(Debug, Clone)]
        pub enum Request {
            $($(#[$doc])* $domain($Requests),)*
        }

        /// Any reply, by the domain of the request it answers.
        #[derive(Debug, Clone)]
        pub enum Reply {
            $($(#[$doc])* $domain($Replies),)*
            /// The JSON text of any reply: a page of many rows is written as they are read.
            Written(Box<RawValue>),
        }

        impl Request {
            /// Every verb there is.
            pub fn methods() -> impl Iterator<Item = &'static str> {
                [$($Requests::METHODS),*].into_iter().flatten().copied()
            }

            /// The verb on the wire.
            #[must_use]
            pub fn method(&self) -> &'static str {
                match self { $(Self::$domain(call) => call.method(),)* }
            }

            /// The kind of the request.
            #[must_use]
            pub fn kind(&self) -> Kind {
                match self { $(Self::$domain(call) => call.kind(),)* }
            }

            /// Who may call the verb.
            #[must_use]
            pub fn caller(&self) -> Caller {
                match self { $(Self::$domain(call) => call.caller(),)* }
            }

            /// Reads a request's parameters.
            ///
            /// # Errors
            /// [`Code::UNSUPPORTED`] for a verb this version does not know, [`Code::BAD_REQUEST`] for parameters
            /// that do not fit it.
            pub fn read(method: &str, parameters: Option<&RawValue>) -> Result<Self, Fault> {
                let text = parameters.map_or("{}", RawValue::get);
                $(if let Some(read) = $Requests::read(method, text) {
                    return read.map(Self::$domain).map_err(|why| Fault::bad_request(method, &why));
                })*
                Err(Fault::new(Code::UNSUPPORTED))
            }

            /// The parameters as JSON text.
            ///
            /// # Errors
            /// None in practice: every parameter type can be written.
            pub fn parameters(&self) -> serde_json::Result<Box<RawValue>> {
                match self { $(Self::$domain(call) => call.parameters(),)* }
            }

            /// Reads the reply to this request.
            ///
            /// # Errors
            /// If `result` does not have the form of this request's reply.
            pub fn read_reply(&self, result: &RawValue) -> serde_json::Result<Reply> {
                match self { $(Self::$domain(call) => call.read_reply(result.get()).map(Reply::$domain),)* }
            }
        }

        impl Check for Request {
            fn check(&self, asker: &UserId) -> Result<(), Fault> {
                match self { $(Self::$domain(call) => call.check(asker),)* }
            }

            fn group(&self) -> Option<&GroupId> {
                match self { $(Self::$domain(call) => call.group(),)* }
            }
        }

        impl Reply {
            /// The reply as JSON text.
            ///
            /// # Errors
            /// None in practice: every reply type can be written.
            pub fn write(self) -> serde_json::Result<Box<RawValue>> {
                match self {
                    $(Self::$domain(reply) => reply.write(),)*
                    Self::Written(text) => Ok(text),
                }
            }
        }

        $(impl From<$Requests> for Request {
            fn from(call: $Requests) -> Self {
                Self::$domain(call)
            }
        }

        impl From<$Replies> for Reply {
            fn from(reply: $Replies) -> Self {
                Self::$domain(reply)
            }
        }

        impl TryFrom<Reply> for $Replies {
            type Error = Reply;

            fn try_from(reply: Reply) -> Result<Self, Reply> {
                if let Reply::$domain(reply) = reply { Ok(reply) } else { Err(reply) }
            }
        })*
    };
}

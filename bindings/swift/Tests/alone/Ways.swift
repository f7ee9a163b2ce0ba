// What the program does once somebody is logged in.

import Foundation
import TimSDK

/// Waits for an event.
func next(_ wanted: TimEvent) async throws {
    for await event in events where event == wanted { return }
    fatalError("the instance has ended before \(wanted)")
}

/// Makes the engine tell a `profileUpdated`.
private func changeNick() async throws { try await tim.updateMyProfile(ProfileFields(nick: "Alice")) }

func exitInListener() async throws {
    tim.on(.profileUpdated) { _ in exit(0) }
    try await changeNick()
    for await _ in events {}
    fatalError("exit returned")
}

func blockAListener() async throws {
    let (blocked, block) = AsyncStream<Void>.makeStream()
    tim.on(.profileUpdated) { _ in
        block.yield()
        while true { sleep(60) }
    }
    try await changeNick()
    for await _ in blocked { return }
}

/// The end of all instances, waited for where the engine tells of an event.
func shutdownInListener() async throws {
    let other = try Tim.create(options: TimOptions(sdkAppID: 1, server: "ws://127.0.0.1:1", dataDir: arguments[6]))
    let (ended, end) = AsyncStream<Void>.makeStream()
    tim.on(.profileUpdated) { _ in
        let done = DispatchSemaphore(value: 0)
        Task {
            try await shutdown()
            done.signal()
        }
        done.wait()
        end.yield()
    }
    try await changeNick()
    for await _ in ended { break }
    for instance in [tim, other] {
        do {
            try await instance.logout()
            fatalError("an instance lives on")
        } catch let error as TimError where error.code == TimCode.destroyed {}
    }
}

/// A disk that takes nothing: a send fails, and once there is room again the same message goes.
func fillTheDisk() async throws {
    let message = try tim.createTextMessage(to: user, conversationType: .c2c, text: "a note to myself")
    var roomy = rlimit()
    signal(SIGXFSZ, SIG_IGN)
    precondition(getrlimit(fileSize, &roomy) == 0)
    var tight = roomy
    tight.rlim_cur = 1
    precondition(setrlimit(fileSize, &tight) == 0)
    do {
        try await tim.sendMessage(message)
        fatalError("it was sent")
    } catch let error as TimError {
        guard case .storage(let code, let reason) = error else { fatalError("\(error)") }
        precondition([TimCode.databaseFailed, TimCode.storageFull].contains(code) && !reason.isEmpty, "\(error)")
    }
    precondition(setrlimit(fileSize, &roomy) == 0)
    // Nothing was promised, so nothing was kept. The database is opened anew, and then the connection.
    try await next(.netStateChange(state: .connected))
    let sent = try await tim.sendMessage(message)
    precondition(sent.status == .success)
}

#if canImport(Darwin)
private let fileSize = RLIMIT_FSIZE
#else
private let fileSize = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
#endif

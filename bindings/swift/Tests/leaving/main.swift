// The program that ExitTests runs: it logs in and leaves without a word to the engine, in one of several ways.

import Foundation
import TimSDK

let arguments = CommandLine.arguments
let (how, user) = (arguments[1], arguments[4])
let tim = try Tim.create(options: TimOptions(sdkAppId: UInt32(arguments[3])!, server: arguments[2], dataDir: arguments[6]))
let (ready, blocked) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))

tim.on { [how] event in
    switch event {
    case .sdkReady:
        ready.signal()
    case .profileUpdated:
        blocked.signal()
        if how == "exit-in-listener" { leave() }
        forever()
    default: break
    }
}
_ = try await tim.login(userId: user, userSig: arguments[5])
wait(for: ready)
switch how {
case "exit":
    leave()
case "blocked", "exit-in-listener":
    _ = try await tim.updateMyProfile(fields: ProfileFields(nick: "Alice"))
    wait(for: blocked)
    if how == "exit-in-listener" { forever() }
case "sending":
    let message = try tim.createTextMessage(to: .c2c(user), text: "to myself")
    Task.detached { try await tim.sendMessage(message: message) }
default: break
}
say()

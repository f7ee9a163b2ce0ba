// What needs a process of its own; ProcessTests runs it: alone HOW SERVER SDKAPPID USER USERSIG FOLDER. Somebody logs in, and
// what is to happen then, HOW says. The exit code is 0 if it did.

import Foundation
import TimSDK

let arguments = CommandLine.arguments
let (how, user) = (arguments[1], arguments[4])
let tim = try Tim.create(options: TimOptions(sdkAppID: Int64(arguments[3])!, server: arguments[2], dataDir: arguments[6]))
let events = tim.events()
try await tim.login(userID: user, userSig: arguments[5])
try await next(.sdkReady)

switch how {
case "return": break
case "exit": exit(0)
case "exit-in-listener": try await exitInListener()
case "blocked": try await blockAListener()
case "sending":
    let message = try tim.createTextMessage(to: user, conversationType: .c2c, text: "to myself")
    Task.detached { try await tim.sendMessage(message) }
case "shutdown-in-listener": try await shutdownInListener()
case "full-disk": try await fillTheDisk()
default: fatalError("there is no way \(how)")
}
// The end of main, without a word to the engine.

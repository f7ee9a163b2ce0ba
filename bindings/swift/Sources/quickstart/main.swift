// The main job, call by call: two people log in, chat with a text and a picture, and see every event as it comes.
//
// script/test-swift runs it against a server it has just started. By hand:
//
//     swift run quickstart SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER

import Foundation
import TimSDK

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 5, let app = UInt32(arguments[2]) else {
    print("usage: quickstart SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER")
    exit(2)
}
let (server, folder) = (arguments[1], arguments[5])

// 2. Initialise. Two instances in one process, as only a demonstration has them.
try setLogLevel(level: 1)
let alice = try Tim.create(options: TimOptions(sdkAppId: app, server: server, dataDir: "\(folder)/alice", instance: "alice"))
let bob = try Tim.create(options: TimOptions(sdkAppId: app, server: server, dataDir: "\(folder)/bob", instance: "bob"))

// 3. Events, as closures and as streams, then login.
alice.on { event in print("  alice <- \(describe(event))") }
bob.on { event in print("    bob <- \(describe(event))") }
let (alicesEvents, bobsEvents) = (alice.events(), bob.events())
_ = try await alice.login(userId: "alice", userSig: arguments[3])
_ = try await bob.login(userId: "bob", userSig: arguments[4])
await first(of: alicesEvents) { $0 == .sdkReady }
await first(of: bobsEvents) { $0 == .sdkReady }

// 4. A text, there and back.
let hello = try alice.createTextMessage(to: .c2c("bob"), text: "Hello world!")
_ = try await alice.sendMessage(message: hello)
let heard = await next(of: bobsEvents)
print("bob got \"\(heard.text ?? "")\"")
_ = try await bob.sendMessage(message: bob.createTextMessage(to: heard.conversationId, text: "Hello alice!"))
print("alice got \"\(await next(of: alicesEvents).text ?? "")\"")

// A picture, there and back, and onto their disks.
let picture = try alice.createImageMessage(to: .c2c("bob"), bytes: draw()) { percent in print("     up \(percent) %") }
_ = try await alice.sendMessage(message: picture)
try await bob.downloadImage(of: next(of: bobsEvents), to: "\(folder)/from-alice.bmp") { percent in print("   down \(percent) %") }
_ = try await bob.sendMessage(message: bob.createImageMessage(to: .c2c("alice"), file: "\(folder)/from-alice.bmp"))
try await alice.downloadImage(of: next(of: alicesEvents), to: "\(folder)/from-bob.bmp", size: .thumb)

// Read, and taken back.
try await bob.setMessageRead(conversation: .c2c("alice"))
await first(of: alicesEvents) { if case .messageReadByPeer = $0 { true } else { false } }
let regretted = try await alice.sendMessage(message: alice.createTextMessage(to: .c2c("bob"), text: "Never mind this one."))
_ = try await alice.revokeMessage(message: regretted)
await first(of: bobsEvents) { if case .messageRevoked = $0 { true } else { false } }

try await alice.logout()
try await shutdown()
print("Done: texts and pictures went both ways, and every step was seen.")

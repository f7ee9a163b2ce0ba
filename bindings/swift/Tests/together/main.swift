// One of the people of a story of several languages (web/js/test/together): answers who is there, and prints at the end what it has
// of the group's messages.
//
//     swift run together SERVER SDKAPPID USER USERSIG FOLDER

import Foundation
import TimSDK

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 5, let app = Int64(arguments[2]) else {
    print("usage: together SERVER SDKAPPID USER USERSIG FOLDER")
    exit(2)
}
let (user, group) = (arguments[3], "kitchen")

/// Waits for an event.
func first(of events: AsyncStream<TimEvent>, where isIt: (TimEvent) -> Bool) async {
    for await event in events where isIt(event) { return }
    fatalError("the instance has ended")
}

/// Whether a text is among what came.
func says(_ text: String, _ event: TimEvent) -> Bool {
    if case .messageReceived(let messages) = event { messages.contains { $0.text == text } } else { false }
}

/// A line for a text, a picture, or what was revoked; none for a tip.
func tell(_ message: Message) {
    let picture = message.image?.imageInfoArray.first.map { "\($0.width) x \($0.height)" }
    guard let said = message.isRevoked ? "revoked" : message.text ?? picture else { return }
    print(message.sequence, message.from, said)
}

let tim = try Tim.create(options: TimOptions(sdkAppID: app, server: arguments[1], dataDir: arguments[5]))
// Each has all events from here on.
let (readiness, questions, ends) = (tim.events(), tim.events(), tim.events())
try await tim.login(userID: user, userSig: arguments[4])
await first(of: readiness) { $0 == .sdkReady }
print("ready")
fflush(nil)

await first(of: questions) { says("who is here?", $0) }
try await tim.sendMessage(tim.createTextMessage(to: group, conversationType: .group, text: "\(user) writes Swift"))
await first(of: ends) { says("that is all", $0) }
try await tim.getMessageList(conversationID: .group(group), count: 50).messageList.forEach(tell)
try await tim.destroy()

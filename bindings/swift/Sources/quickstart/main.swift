// The main job, call by call: two people log in, chat with texts and pictures, and see every event as it comes.
//
// script/test-swift runs it against a server it has just started. By hand:
//
//     swift run quickstart SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER

import Foundation
import TimSDK

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 5, let app = Int64(arguments[2]) else {
    print("usage: quickstart SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER")
    exit(2)
}
let (server, folder) = (arguments[1], arguments[5])

// 2. Initialise. Two instances in one process, as only a demonstration has them.
let alice = try Tim.create(options: TimOptions(sdkAppID: app, server: server, dataDir: "\(folder)/alice", instance: "alice"))
let bob = try Tim.create(options: TimOptions(sdkAppID: app, server: server, dataDir: "\(folder)/bob", instance: "bob"))
try setLogLevel(1)

// 3. Events, as closures and as streams, then login.
alice.addListener { events in events.forEach { print("  alice <- \(describe($0))") } }
bob.addListener { events in events.forEach { print("    bob <- \(describe($0))") } }
let (alicesEvents, bobsEvents) = (alice.events(), bob.events())
try await alice.login(userID: "alice", userSig: arguments[3])
try await bob.login(userID: "bob", userSig: arguments[4])
await first(of: alicesEvents) { $0 == .sdkReady }
await first(of: bobsEvents) { $0 == .sdkReady }

// 4. A text, there and back.
let hello = try alice.createTextMessage(to: "bob", conversationType: .c2c, text: "Hello world!")
do {
    try await alice.sendMessage(hello)
} catch let error as TimError {
    print("sendMessage: \(error.code) \(error.message)")
    exit(1)
}
let heard = await next(of: bobsEvents)
print("bob got \"\(heard.text ?? "")\"")
try await bob.sendMessage(bob.createTextMessage(to: heard.from, conversationType: heard.conversationType, text: "Hello alice!"))
print("alice got \"\(await next(of: alicesEvents).text ?? "")\"")

// A picture, there and back, and onto their disks.
let picture = try alice.createImageMessage(to: "bob", conversationType: .c2c, bytes: draw()) { percent in print("     up \(percent) %") }
try await alice.sendMessage(picture)
try await bob.downloadAttachment(of: next(of: bobsEvents), to: "\(folder)/from-alice.bmp") { percent in print("   down \(percent) %") }
try await bob.sendMessage(bob.createImageMessage(to: "alice", conversationType: .c2c, file: "\(folder)/from-alice.bmp"))
try await alice.downloadAttachment(of: next(of: alicesEvents), to: "\(folder)/from-bob.bmp", rendition: .thumb)

// A file that the app stores elsewhere: here in a folder, in an app on a server of its own.
alice.registerPlugin { file, report in
    let uuid = UUID().uuidString.lowercased()
    try FileManager.default.copyItem(atPath: file.path, toPath: "\(folder)/\(uuid)")
    try report(100)
    let url = "https://files.example/\(uuid)"
    return Uploaded(uuid: uuid, renditions: [Rendition(type: .original, size: file.size, width: 0, height: 0, url: url)])
}
let notes = try alice.createFileMessage(to: "bob", conversationType: .c2c, bytes: Data("Milk, bread, tea".utf8), name: "notes.txt")
try await alice.sendMessage(notes)
print("bob finds it at \(try await bob.getAttachmentUrl(of: next(of: bobsEvents)))")

// Read, and taken back.
try await bob.setMessageRead(conversationID: .c2c("alice"))
await first(of: alicesEvents) { if case .messageReadByPeer = $0 { true } else { false } }
let regretted = try await alice.sendMessage(alice.createTextMessage(to: "bob", conversationType: .c2c, text: "Never mind this one."))
try await alice.revokeMessage(regretted)
await first(of: bobsEvents) { if case .messageRevoked = $0 { true } else { false } }

// The list of chats with their names, and a chat page by page.
for chat in try await bob.getConversationList() { print("\(chat.showName): \(chat.messageForShow) (\(chat.unreadCount) unread)") }
var page = try await bob.getMessageList(conversationID: .c2c("alice"), count: 3)
while true {
    print("a page: \(page.messageList.map(\.sequence))")
    if page.isCompleted { break }
    page = try await bob.getMessageList(conversationID: .c2c("alice"), nextReqMessageID: page.nextReqMessageID, count: 3)
}

// What was refused is kept, also when the app starts anew, and sent again.
try await bob.addToBlacklist(userIDList: ["alice"])
do {
    try await alice.sendMessage(alice.createTextMessage(to: "bob", conversationType: .c2c, text: "Are you there?"))
} catch let error as TimError {
    print("refused: \(error.code)")
}
try await alice.destroy()
let anew = try Tim.create(options: TimOptions(sdkAppID: app, server: server, dataDir: "\(folder)/alice", instance: "alice"))
let anewsEvents = anew.events()
try await anew.login(userID: "alice", userSig: arguments[3])
await first(of: anewsEvents) { $0 == .sdkReady }
try await bob.removeFromBlacklist(userIDList: ["alice"])
let waiting = try await anew.getMessageList(conversationID: .c2c("bob")).messageList
for refused in waiting where refused.status == .fail { try await anew.resendMessage(messageID: refused.id) }
print("bob got \"\(await next(of: bobsEvents).text ?? "")\"")

try await anew.logout()
try await shutdown()
print("Done: texts and pictures went both ways, and every step was seen.")

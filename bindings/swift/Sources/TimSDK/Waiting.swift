// The events that wait for a loop, oldest first and bounded, in the way the engine keeps those that wait for listeners: beyond the
// bound the oldest gives way and `eventsLost` stands in its place, and an event that carries a whole list takes the place of an
// older one of its kind, so nobody hears an older list after a newer one.

import Foundation

/// `@unchecked`: everything is touched with the lock held only.
final class Waiting: @unchecked Sendable {
    private let lock = NSLock()
    private let limit: Int
    private var events: [TimEvent] = []
    /// How many in front of `events` were taken: they leave it many at a time.
    private var taken = 0
    private var hasGap = false

    init(limit: Int) { self.limit = limit }

    func put(_ event: TimEvent) {
        lock.withLock {
            if let older = olderSelf(of: event) {
                events[older] = event
                return
            }
            if events.count - taken == limit {
                taken += 1
                hasGap = true
            }
            events.append(event)
            tidy()
        }
    }

    /// The oldest event, if there is one.
    func take() -> TimEvent? {
        lock.withLock {
            if hasGap {
                hasGap = false
                return .error(code: TimCode.eventsLost, message: "events were dropped by a slow loop: read the lists again")
            }
            guard taken < events.count else { return nil }
            defer { tidy() }
            taken += 1
            return events[taken - 1]
        }
    }

    /// Lets go of what was taken, once that costs little for each event.
    private func tidy() {
        guard taken * 2 >= events.count else { return }
        events.removeFirst(taken)
        taken = 0
    }

    /// Where an older list of the same kind waits that nobody would miss.
    private func olderSelf(of event: TimEvent) -> Int? {
        guard let list = event.list else { return nil }
        for place in (taken..<events.count).reversed() {
            if events[place].isBorder { return nil }
            if events[place].list == list { return place }
        }
        return nil
    }
}

private enum WholeList { case conversations, groups, blacklist, friends, friendGroups, friendApplications, totalUnread }

extension TimEvent {
    /// Which whole list it carries.
    fileprivate var list: WholeList? {
        switch self {
        case .conversationListUpdated: .conversations
        case .groupListUpdated: .groups
        case .blacklistUpdated: .blacklist
        case .friendListUpdated: .friends
        case .friendGroupListUpdated: .friendGroups
        case .friendApplicationListUpdated: .friendApplications
        case .totalUnreadMessageCountUpdated: .totalUnread
        default: nil
        }
    }

    /// What follows it belongs to another login, or was promised before it: no list moves in front of it.
    fileprivate var isBorder: Bool {
        switch self {
        case .sdkReady, .sdkNotReady, .kickedOut, .sdkDestroy: true
        default: false
        }
    }
}

/*
 * tim_list.hpp: a whole list of conversations in C++17, kept by what changed in it. It needs tim_types.hpp. It asks nothing and hears
 * nothing by itself.
 *
 *   tim::conversation_list list;
 *   auto changes = alice.on(TIM_EVENT_CONVERSATION_CHANGED, [&](const std::string &json) {
 *       list.apply(std::get<tim::types::conversation_changed>(tim::types::from<tim::types::event>(json)));
 *   });
 *
 * For one thread at a time.
 */
#ifndef TIM_LIST_HPP
#define TIM_LIST_HPP

#include "tim_types.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tim {

/** The conversations in the order of the list. It is given every conversation_changed of an instance. What a change costs grows with
 *  the logarithm of the list's size. */
class conversation_list {
public:
    /** A conversation's place: sorts as the list does. */
    using place = std::pair<std::int64_t, std::string>;

    /** The conversations, in order. */
    const std::map<place, types::conversation> &conversations() const noexcept { return ordered_; }

    /** Takes a whole list in the place of what it had: that of get_conversation_list if changes may have been missed, because the
     *  handler came late or 130162 was told. */
    void reset(std::vector<types::conversation> conversations) { apply({std::move(conversations), {}, true}); }

    /** Applies what changed. */
    void apply(const types::conversation_changed &changed) {
        if (changed.is_whole) {
            ordered_.clear();
            places_.clear();
        }
        for (const auto &id : changed.deleted_conversation_id_list) remove(id);
        for (const auto &conversation : changed.conversations) {
            remove(conversation.conversation_id);
            place at{-conversation.order_key, conversation.conversation_id};
            places_.emplace(conversation.conversation_id, at);
            ordered_.emplace(std::move(at), conversation);
        }
    }

private:
    void remove(const std::string &id) {
        const auto known = places_.find(id);
        if (known == places_.end()) return;
        ordered_.erase(known->second);
        places_.erase(known);
    }

    std::map<place, types::conversation> ordered_;
    std::map<std::string, place> places_;
};

} // namespace tim

#endif

// The methods that only this package has and for which the engine has nothing yet.

const FOLLOWERS = 'users have no followers: friends may serve';

/** The methods, and why. */
export const NOT_YET = {
  convertVoiceToText: 'nothing writes down recordings here',
  searchCloudUsers: 'users are not searched: getUserProfile finds one by the ID',
  followUser: FOLLOWERS,
  unfollowUser: FOLLOWERS,
  getMyFollowingList: FOLLOWERS,
  getMyFollowersList: FOLLOWERS,
  getMutualFollowersList: FOLLOWERS,
  getUserFollowInfo: FOLLOWERS,
  checkFollowType: FOLLOWERS,
};

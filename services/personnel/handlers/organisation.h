// Bodies and posts.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_ORGANISATION_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_ORGANISATION_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/personnel/domain/records.h"
#include "services/personnel/handlers/env.h"
#include "twotier/personnel/v1/organisation.pb.h"

namespace twotier::personnel::handlers {

absl::StatusOr<v1::CreateBodyResponse> CreateBody(const Env& env, const Call& call,
                                                  const v1::CreateBodyRequest& request, db::Tx& tx);
void ValidateCreateBody(const v1::CreateBodyRequest& request, error::Violations& violations);

absl::StatusOr<v1::EndBodyResponse> EndBody(const Env& env, const Call& call,
                                            const v1::EndBodyRequest& request, db::Tx& tx);
void ValidateEndBody(const v1::EndBodyRequest& request, error::Violations& violations);

absl::StatusOr<v1::ListBodiesResponse> ListBodies(const Env& env, const Call& call,
                                                  const v1::ListBodiesRequest& request, db::Tx& tx);
void ValidateListBodies(const v1::ListBodiesRequest& request, error::Violations& violations);

absl::StatusOr<v1::CheckOrganisationResponse> CheckOrganisation(
    const Env& env, const Call& call, const v1::CheckOrganisationRequest& request, db::Tx& tx);

absl::StatusOr<v1::CreatePostResponse> CreatePost(const Env& env, const Call& call,
                                                  const v1::CreatePostRequest& request, db::Tx& tx);
void ValidateCreatePost(const v1::CreatePostRequest& request, error::Violations& violations);

absl::StatusOr<v1::EndPostResponse> EndPost(const Env& env, const Call& call,
                                            const v1::EndPostRequest& request, db::Tx& tx);
void ValidateEndPost(const v1::EndPostRequest& request, error::Violations& violations);

absl::StatusOr<v1::GetPostResponse> GetPost(const Env& env, const Call& call,
                                            const v1::GetPostRequest& request, db::Tx& tx);

absl::StatusOr<v1::ListPostsResponse> ListPosts(const Env& env, const Call& call,
                                                const v1::ListPostsRequest& request, db::Tx& tx);
void ValidateListPosts(const v1::ListPostsRequest& request, error::Violations& violations);

// Writes a new body with its event, and a new post with its event and its place in the counts.
absl::Status AddBody(const Call& call, Body& body, int ordinal, db::Tx& tx);
absl::Status AddPost(const Call& call, Post& post, int ordinal, db::Tx& tx);
// Writes the end of one, with its event.
absl::Status EndBodyOn(const Call& call, Body& body, absl::CivilDay end, const std::string& act,
                       int ordinal, db::Tx& tx);
absl::Status EndPostOn(const Call& call, Post& post, absl::CivilDay end, int ordinal, db::Tx& tx);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_ORGANISATION_H_

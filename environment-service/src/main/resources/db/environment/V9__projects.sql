-- SPDX-License-Identifier: Apache-2.0

-- The images that the services of a version's Compose project were built to: one JSON object, by service and recipe. The engine is that of image_engine.
alter table versions add column services text;

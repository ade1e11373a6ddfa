// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.RunLiveness;
import dev.assay.contracts.internal.RunNested;
import dev.assay.contracts.internal.RunOwner;
import dev.assay.contracts.internal.RunPlace;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Admits(Role.SERVICE)
@RequestMapping("/internal/runs/{run}")
class RunInquiryController {

    private final RunInquiries inquiries;

    RunInquiryController(RunInquiries inquiries) {
        this.inquiries = inquiries;
    }

    @PostMapping("/claim")
    RunOwner claim(@PathVariable RunId run, @RequestBody RunOwner claimant) {
        return inquiries.claim(run, Told.required("team", claimant.team()));
    }

    @GetMapping("/place")
    RunPlace place(@PathVariable RunId run) {
        return inquiries.place(run);
    }

    @GetMapping(path = "/evaluation", produces = MediaType.APPLICATION_JSON_VALUE)
    String evaluation(@PathVariable RunId run, @RequestParam int revision) {
        return inquiries.evaluation(run, revision);
    }

    @GetMapping("/nested")
    RunNested nested(@PathVariable RunId run, @RequestParam RunId root, @RequestParam int attempt) {
        return inquiries.nested(run, root, attempt);
    }

    @GetMapping("/live")
    RunLiveness live(@PathVariable RunId run, @RequestParam int attempt) {
        return inquiries.live(run, attempt);
    }
}

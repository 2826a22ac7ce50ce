import{b as p}from"./chunk-G7D27LZZ.js";import"./chunk-2BNM5O6Y.js";import"./chunk-VNS4IO4X.js";import{cc as o,d as m}from"./chunk-ZOVKGRNL.js";m(o(p,{}),document.getElementById("app"));

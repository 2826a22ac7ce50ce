import{S as o,a as e}from"./chunk-HF3HKYU3.js";import"./chunk-2WTMYVGC.js";function i(){return e(o,{title:"Policies",children:"\u2026"})}export{i as default};

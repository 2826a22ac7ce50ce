import{J as e,L as o}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function i(){return e(o,{title:"Policies",children:"\u2026"})}export{i as default};

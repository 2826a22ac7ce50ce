import{Aa as e,Ca as t}from"./chunk-XPZEU65A.js";function a(){return e(t,{title:"Teams",children:"\u2026"})}export{a as default};

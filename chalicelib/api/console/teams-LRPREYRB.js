import{Ba as e,Da as t}from"./chunk-O6YUUWLO.js";function a(){return e(t,{title:"Teams",children:"\u2026"})}export{a as default};
